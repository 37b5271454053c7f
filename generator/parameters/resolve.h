/* resolve.h - values of parameters put in the place of references to them. */
#ifndef PARAMETERS_RESOLVE_H
#define PARAMETERS_RESOLVE_H
#include <jansson.h>

/* Returns a copy of `value` with values in place of references to parameters; `is_ref` returns the
 * name in a reference, or NULL. A reference to a parameter without a value stays. */
json_t *resolve(const json_t *value, const json_t *values,
                const char *(*is_ref)(const json_t *value));

/* The name in a reference of a CloudFormation template, {"Ref": name}; else NULL. */
const char *resolve_ref_name(const json_t *value);

#endif
