/* scope.h - the names that a template sets while it is rendered, and those that the caller knows.
 */
#ifndef JINJA_SCOPE_H
#define JINJA_SCOPE_H
#include <stdbool.h>

struct jinja;
struct table;
struct value;

/* Of a template, a turn of a loop, or a loop's else. */
struct scope {
    struct scope *outer;
    const struct table *hidden; /* names that are undefined here until they are set: hidden.h */
    struct variable *variables;
};

/* Sets a name in jinja.scope. */
void scope_set(struct jinja *j, const char *name, const struct value *value);
/* The value of a name: of the innermost scope that sets it, else what jinja.lookup gives, which is
 * asked once for each name; undefined where a scope hides the name. */
bool scope_get(struct jinja *j, const char *name, struct value *out);

#endif
