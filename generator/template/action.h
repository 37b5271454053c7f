/* action.h - actions templates: what apply does between two stacks, as Gordon 0.7 wrote it. */
#ifndef TEMPLATE_ACTION_H
#define TEMPLATE_ACTION_H
#include <jansson.h>

struct node;

/* A ref as an actions template writes it: {"_type": "Ref", "name": name}. */
json_t *action_ref(const char *name);
/* A value of the settings in an actions template. */
json_t *action_value(const struct node *node);

/* An actions template that is being made. */
struct actions {
    json_t *actions, *outputs;
};

void actions_init(struct actions *actions);
void actions_release(struct actions *actions);
/* Adds the action `name`, which takes the zip `file` (relative to the build's folder), puts
 * `context` (stolen) into it under the path `destination`, and uploads it as `key`. */
void actions_upload(struct actions *actions, const char *name, const char *file, const char *key,
                    json_t *context, const char *destination);
/* Adds the output `id`: attribute `attribute` of the action `action`. */
void actions_output(struct actions *actions, const char *id, const char *action,
                    const char *attribute);
/* Declares in the object `parameters` every parameter that a value of an action refers to. */
void actions_declare(json_t *parameters, const json_t *value);
/* The whole template, with every parameter declared that an action refers to. */
json_t *actions_template(const struct actions *actions);

#endif
