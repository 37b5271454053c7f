/* scope.h - variables: the names that a template sets, and those that the caller knows. */
#ifndef JINJA_SCOPE_H
#define JINJA_SCOPE_H
#include <stdbool.h>

struct jinja;
struct table;
struct value;

/* One scope: of the template, of an iteration of a loop, or of a loop's else. */
struct scope {
    struct scope *outer;
    const struct table *hidden; /* names that are undefined here until they are set, see hidden.h */
    struct variable *variables;
};

/* Sets a name in jinja.scope. `name` must outlive the scope. */
void scope_set(struct jinja *j, const char *name, const struct value *value);
/* The value of a name in the innermost scope that sets it; otherwise what jinja.lookup returns,
 * which is called once per name. VALUE_UNDEFINED if lookup does not know the name or a scope hides
 * it. */
bool scope_get(struct jinja *j, const char *name, struct value *out);

#endif
