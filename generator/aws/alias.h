/* alias.h - the alias `current` of functions, which is what everybody calls, and their versions. */
#ifndef AWS_ALIAS_H
#define AWS_ALIAS_H
#include <stdbool.h>
#include <stddef.h>

struct aws;

struct alias {
    const char *function; /* its name in AWS; set by the caller; NULL: there is nothing to ask */
    const char *version;  /* that `current` points to; NULL: there is no such alias */
};

/* Asks where each alias points to, by one call for each; false after an error. */
bool alias_read(struct aws *aws, struct alias *aliases, size_t n);
/* The published versions of a function, lowest first, in aws->arena; NULL after an error. */
long *alias_versions(struct aws *aws, const char *function, size_t *n);
/* Points it to a version; false after an error. */
bool alias_move(struct aws *aws, const char *function, long version);

#endif
