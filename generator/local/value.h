/* value.h - values of a template as CloudFormation would make them, as far as they are known
 * without AWS: from parameters, conditions, mappings and names that the template gives (AWS
 * CloudFormation User Guide, "Intrinsic function reference"). */
#ifndef LOCAL_VALUE_H
#define LOCAL_VALUE_H
#include <jansson.h>

struct arena;

struct value_scope {
    struct arena *arena;
    const json_t *template;
    const json_t *parameters; /* names to strings */
    const char *region, *account, *stack;
    /* set by value_text: what is not known, as "the resource 'Orders'"; and what a value needed */
    const char *unknown;
};

/* Returns a value as text; NULL if it is not known: then `unknown` says what. AWS::NoValue is NULL,
 * too, and leaves `unknown` NULL. */
const char *value_text(struct value_scope *scope, const json_t *value);

#endif
