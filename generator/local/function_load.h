/* function_load.h - makes a function of a lambda of the settings: with the zips of the build, and
 * with the configuration of its template for a stage. */
#ifndef LOCAL_FUNCTION_LOAD_H
#define LOCAL_FUNCTION_LOAD_H
#include <stdbool.h>

struct arena;
struct aws;
struct function;
struct lambda;
struct loaded;
struct table;

struct function_source {
    const struct loaded *loaded;
    const char *output; /* the build folder */
    const char *stage, *region;
    const struct table *given; /* variables that the user gives: names to values; or NULL */
    const struct table
        *deployed;   /* variables as AWS has them, in place of the template's; or NULL */
    struct aws *aws; /* looks up values that are in AWS; NULL: they are not known */
};

/* Fills `function`. A variable whose value is not known is left out, with a warning. False after an
 * error, which is reported. */
bool function_load(struct arena *arena, const struct function_source *source,
                   const struct lambda *lambda, struct function *function);

#endif
