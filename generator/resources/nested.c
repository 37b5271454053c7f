#include <string.h>

#include "base/util.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "settings/node.h"
#include "template/capability.h"
#include "template/cfn.h"

/* --- the stack ---------------------------------------------------------------------------- */

static const struct node *plain_map(const struct node *node)
{
    return node && node->kind == NODE_MAP && !function_is(node) ? node : NULL;
}

static bool check_given(struct arena *arena, const struct nested *nested, const struct node *given)
{
    const struct node *declared = node_get(nested->map, "Parameters");
    bool ok = true;
    for (size_t i = 0; given && i < given->count; i++) {
        const struct node *key = given->entries[i].key;
        if (!node_get(declared, key->text) && !str_starts(key->text, "Fn::"))
            ok = diag_error(EXIT_NOT_FOUND, key->pos, "the template %s has no parameter '%s'%s",
                            nested->path, key->text, node_suggestion(arena, declared, key->text));
    }
    return ok;
}

static bool check_needed(const struct nested_stack *stack)
{
    bool ok = true;
    const struct nested *nested = stack->nested;
    const struct node *declared = plain_map(node_get(nested->map, "Parameters"));
    for (size_t i = 0; declared && i < declared->count; i++) {
        const struct entry *entry = &declared->entries[i];
        if (str_starts(entry->key->text, "Fn::") || node_get(entry->value, "Default") ||
            node_get(stack->given, entry->key->text))
            continue;
        ok = diag_error(EXIT_REQUIRED, stack->setting->pos,
                        "the template %s needs a value for its parameter '%s', under Parameters",
                        nested->path, entry->key->text);
        diag_note(entry->key->pos, "it is declared here, without a Default");
    }
    return ok;
}

bool nested_check_parameters(const struct model *model)
{
    bool ok = true;
    for (size_t i = 0; !model->transformed && i < model->nstacks; i++) {
        const struct nested_stack *stack = &model->stacks[i];
        if (stack->set || stack->nested->transformed || (stack->given && !plain_map(stack->given)))
            continue;
        ok = check_given(model->arena, stack->nested, stack->given) && ok;
        ok = check_needed(stack) && ok;
    }
    return ok;
}

/* Returns Parameters with that of the bucket: a map, or the list of a StackSet. */
static const struct node *with_bucket(const struct model *model, const struct node *parameters,
                                      struct pos pos, bool list)
{
    struct arena *arena = model->arena;
    const char *bucket = arena_printf(arena, "ref://%s", model->bucket);
    struct node *all = node_map_copy(arena, pos, list ? NULL : parameters);
    if (!list) {
        node_put(arena, all, NESTED_BUCKET, node_string(arena, pos, bucket));
        return all;
    }
    *all = (struct node){.kind = NODE_LIST, .pos = pos, .height = 3, .text = ""};
    for (size_t i = 0; parameters && i < parameters->count; i++)
        array_push(arena, all->items, all->count, parameters->items[i]);
    array_push(arena, all->items, all->count,
               node_pairs(arena, pos, "ParameterKey", NESTED_BUCKET, "ParameterValue", bucket));
    return all;
}

/* Puts Parameters into the properties. */
static bool pass_bucket(struct model *model, struct entry *properties, const struct node *setting,
                        bool list)
{
    const struct node *parameters = node_get(properties->value, "Parameters");
    bool fits =
        !parameters || (list ? parameters->kind == NODE_LIST : plain_map(parameters) != NULL);
    if (!fits)
        return diag_error(EXIT_VALUE, parameters->pos,
                          "Gordon adds the parameter %s here, for the files that the template "
                          "names, so this must be a %s",
                          NESTED_BUCKET, list ? "list" : "map of names to values");
    struct node *all = node_map_copy(model->arena, properties->value->pos, properties->value);
    node_put(model->arena, all, "Parameters",
             with_bucket(model, parameters, parameters ? parameters->pos : setting->pos, list));
    properties->value = all;
    return true;
}

bool nested_use(struct model *model, struct entry *properties, struct nested_stack stack)
{
    stack.given = node_get(properties->value, "Parameters");
    array_push(model->arena, model->stacks, model->nstacks, stack);
    return !stack.nested->takes_bucket || pass_bucket(model, properties, stack.setting, stack.set);
}

/* --- SAM ---------------------------------------------------------------------------------- */

/* {Name: value} as a list of {Key, Value}. */
static const struct node *tags_of_stack(struct arena *arena, const struct node *tags)
{
    struct node *list = node_strings(arena, tags->pos, "", "");
    list->count = 0;
    for (size_t i = 0; i < tags->count; i++) {
        struct node *tag = node_map(arena, tags->entries[i].key->pos);
        node_put(arena, tag, "Key",
                 node_string(arena, tags->entries[i].key->pos, tags->entries[i].key->text));
        node_put(arena, tag, "Value", tags->entries[i].value);
        array_push(arena, list->items, list->count, tag);
    }
    return list;
}

void nested_make_stack(struct model *model, const struct entry *resource)
{
    struct arena *arena = model->arena;
    const struct node *before = node_get(resource->value, "Properties");
    struct node *properties = node_map(arena, before->pos);
    for (size_t i = 0; i < before->count; i++) {
        const char *key = before->entries[i].key->text;
        const struct node *value = before->entries[i].value;
        bool tags = strcmp(key, "Tags") == 0 && plain_map(value);
        node_put(arena, properties, strcmp(key, "Location") == 0 ? "TemplateURL" : key,
                 tags ? tags_of_stack(arena, value) : value);
    }
    struct node *stack = node_map_copy(arena, resource->value->pos, resource->value);
    node_put(arena, stack, "Properties", properties);
    node_put(arena, stack, "Type",
             node_string(arena, resource->value->pos, "AWS::CloudFormation::Stack"));
    ((struct entry *)resource)->value = stack;
}

/* --- capabilities ------------------------------------------------------------------------- */

void nested_write(const struct model *model, struct cfn *cfn)
{
    json_t *templates = json_object();
    for (size_t i = 0; i < model->nstacks; i++)
        json_object_set_new(templates, model->stacks[i].nested->name,
                            json_string(model->stacks[i].nested->needs));
    if (model->nstacks)
        cfn_metadata(cfn, CAPABILITY_TEMPLATES, templates);
    else
        json_decref(templates);
}
