#include <string.h>

#include "template/action.h"
#include "template/cfn.h"

json_t *action_ref(const char *name)
{
    return json_pack("{s:s, s:s}", "_type", "Ref", "name", name);
}

json_t *action_value(const struct node *node)
{
    return cfn_convert(node, action_ref);
}

void actions_init(struct actions *actions)
{
    *actions = (struct actions){json_array(), json_object()};
}

void actions_release(struct actions *actions)
{
    json_decref(actions->actions);
    json_decref(actions->outputs);
}

/* clang-format off */
void actions_upload(struct actions *actions, const char *name, const char *file, const char *key,
                    json_t *context, const char *destination)
{
    json_array_append_new(
        actions->actions,
        json_pack("{s:s, s:s, s:o, s:s, s:s, s:o*, s:s*}",
                  "_type", context ? ACTION_UPLOAD_CONTEXT : ACTION_UPLOAD,
                  "name", name,
                  "bucket", action_ref("CodeBucket"),
                  "key", key,
                  "filename", file,
                  "context_to_inject", context,
                  "context_destinaton", context ? destination : NULL)); /* Gordon 0.7's spelling */
}

void actions_output(struct actions *actions, const char *id, const char *action,
                    const char *attribute)
{
    json_object_set_new(actions->outputs, id,
                        json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s}}",
                                  "_type", "Output", "default", "", "name", id,
                                  "value",
                                      "_type", "GetAttr", "action", action, "attr", attribute));
}
/* clang-format on */

/* Recurses into every value; a ref is a map whose _type is Ref. */
void actions_declare(json_t *parameters, const json_t *value)
{
    size_t i;
    const char *key, *type = json_string_value(json_object_get(value, "_type"));
    const char *name = json_string_value(json_object_get(value, "name"));
    json_t *child;
    if (type && name && strcmp(type, "Ref") == 0)
        json_object_set_new(
            parameters, name,
            json_pack("{s:s, s:s, s:s}", "_type", "Parameter", "default", "", "name", name));
    json_array_foreach((json_t *)value, i, child)
        actions_declare(parameters, child);
    json_object_foreach((json_t *)value, key, child)
        actions_declare(parameters, child);
}

/* clang-format off */
json_t *actions_template(const struct actions *actions)
{
    json_t *parameters = json_object();
    actions_declare(parameters, actions->actions);
    return json_pack("{s:s, s:O, s:O, s:b, s:o}",
                     "_type", "ActionsTemplate",
                     "actions", actions->actions,
                     "outputs", actions->outputs,
                     "parallelizable", 0,
                     "parameters", parameters);
}
/* clang-format on */
