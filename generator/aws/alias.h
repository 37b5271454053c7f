/* alias.h - the alias `current` of functions, by which everything calls them, and their
 * versions. */
#ifndef AWS_ALIAS_H
#define AWS_ALIAS_H
#include <stdbool.h>
#include <stddef.h>

struct aws;

struct alias {
    const char *function; /* its name in AWS, set by the caller; NULL: it is skipped */
    const char *version;  /* that `current` points to, in aws->arena; NULL: no such alias */
};

/* Sets the version of each alias, by one call for each; false after an error, which is reported. */
bool alias_read(struct aws *aws, struct alias *aliases, size_t n);
/* Returns the published versions of a function, lowest first, in aws->arena; NULL after an error,
 * which is reported. */
long *alias_versions(struct aws *aws, const char *function, size_t *n);
/* Points the alias of `function` to `version`; false after an error, which is reported. */
bool alias_move(struct aws *aws, const char *function, long version);

#endif
