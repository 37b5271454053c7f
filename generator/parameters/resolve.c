#include <stddef.h>

#include "parameters/resolve.h"

json_t *resolve(const json_t *value, const json_t *values,
                const char *(*is_ref)(const json_t *value))
{
    const char *name = is_ref(value), *key;
    size_t i;
    json_t *child, *copy;
    json_t *known = name ? json_object_get(values, name) : NULL;
    if (known)
        return json_incref(known);
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, child)
            json_array_append_new(copy, resolve(child, values, is_ref));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, child)
        json_object_set_new(copy, key, resolve(child, values, is_ref));
    return copy;
}

const char *resolve_ref_name(const json_t *value)
{
    return json_object_size(value) == 1 ? json_string_value(json_object_get(value, "Ref")) : NULL;
}
