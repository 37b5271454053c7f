/* action.h - actions templates: what apply does between two stacks, in the format of Gordon 0.7. */
#ifndef TEMPLATE_ACTION_H
#define TEMPLATE_ACTION_H
#include <jansson.h>

struct node;

/* What an action does, its "_type": uploads a zip with a context in it, or a file as it is. */
#define ACTION_UPLOAD_CONTEXT "InjectContextAndUploadToS3"
#define ACTION_UPLOAD         "UploadToS3"

/* Returns a ref as an actions template has it: {"_type": "Ref", "name": name}. */
json_t *action_ref(const char *name);
/* Converts a value of the settings for an actions template, as cfn_convert does. */
json_t *action_value(const struct node *node);

/* An actions template under construction. */
struct actions {
    json_t *actions, *outputs;
};

void actions_init(struct actions *actions);
void actions_release(struct actions *actions);
/* Adds the action `name`: puts `context` (stolen) into the zip `file` (relative to the build's
 * folder) under the path `destination`, and uploads the zip as `key`. If `context` is NULL, uploads
 * the file as it is. */
void actions_upload(struct actions *actions, const char *name, const char *file, const char *key,
                    json_t *context, const char *destination);
/* Adds the output `id`: the attribute `attribute` of the action `action`. */
void actions_output(struct actions *actions, const char *id, const char *action,
                    const char *attribute);
/* Declares every parameter that `value` refers to in the object `parameters`. */
void actions_declare(json_t *parameters, const json_t *value);
/* Returns the whole template, which declares every parameter that an action refers to. */
json_t *actions_template(const struct actions *actions);

#endif
