#include <stdlib.h>
#include <string.h>

#include "callers/log_pattern.h"
#include "callers/logs.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_logs.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Limits of CloudWatch Logs (its quotas, and its API Reference, "PutSubscriptionFilter"). */
enum { FILTERS_MAX = 2, GROUP_MAX = 512 };

static const char *const distributions[] = {"Random", "ByLogStream", NULL};

static const struct field filter_fields[] = {
    {"log_group", FIELD_ANY, .required = true},
    {"lambda", FIELD_NAME, .required = true},
    {"filter_pattern", FIELD_ANY},
    {"distribution", FIELD_CHOICE, .choices = distributions},
    VERBATIM_FIELDS,
};

static const struct field group_fields[] = {{"lambda", FIELD_NAME, .required = true}};

static const char arn_prefix[] = "log-group:";

struct filter {
    const char *id; /* "{Name}LogFilter" */
    const struct lambda *lambda;
    const struct lambda *writer; /* whose group it is, or NULL */
    const char *group;           /* its name as JSON, to compare */
};

/* Returns the text of a group: its name, from an ARN, too; NULL if it has none. */
static const char *group_text(struct arena *arena, const struct node *group)
{
    const char *text = node_dynamic(group) ? NULL : node_text(group);
    const char *resource = text ? arn_resource(text, "logs") : NULL;
    if (!resource || !str_starts(resource, arn_prefix))
        return text;
    resource += strlen(arn_prefix);
    size_t len = strlen(resource) - (str_ends(resource, ":*") ? 2 : 0);
    return arena_strndup(arena, resource, len);
}

static bool check_text(const struct model *model, const struct node *group)
{
    const char *name = group_text(model->arena, group);
    if (!name)
        return diag_error(EXIT_VALUE, group->pos,
                          "log_group is a name, an ARN, a ref or {lambda: <name>}, not %s",
                          node_kind_words(group));
    if (str_starts(name, "arn:"))
        return diag_error(EXIT_VALUE, group->pos,
                          "the ARN of a log group is "
                          "arn:aws:logs:<region>:<account>:log-group:<name>, not '%s'",
                          name);
    return (str_is_made_of(name, STR_ALNUM "._-/#") && strlen(name) <= GROUP_MAX) ||
           diag_error(EXIT_VALUE, group->pos,
                      "a log group's name has letters, digits, '.', '_', '-', '/' and '#', at most "
                      "%d of them, not '%s'",
                      GROUP_MAX, name);
}

static bool is_map(const struct node *group)
{
    return group->kind == NODE_MAP && !function_is(group);
}

/* Finds the lambda whose group it is. The group must be there before the first call. */
static bool read_writer(const struct model *model, const struct node *group, struct filter *filter)
{
    if (!schema_check(group_fields, countof(group_fields), group, group, "a log group"))
        return false;
    const struct node *name = node_get(group, "lambda");
    filter->writer = lambda_find(model, name);
    if (!filter->writer)
        return false;
    json_t *own = lambda_log_group(model, filter->writer);
    json_decref(own);
    if (own)
        return true;
    diag_error(EXIT_RESOURCE, name->pos,
               "Lambda makes the log group of '%s' at its first call, which is too late for a "
               "subscription; give it a group of the stack, by log-retention or log-group",
               filter->writer->reference);
    diag_note(filter->writer->key->pos, "the lambda is here");
    return false;
}

static json_t *group_name(const struct model *model, const struct resource *resource)
{
    const struct filter *filter = resource->data;
    const struct node *group = node_get(resource->settings, "log_group");
    if (filter->writer)
        return lambda_log_group(model, filter->writer);
    const char *text = group_text(model->arena, group);
    return text ? json_string(text) : reference_value(model, group, WANT_NAME);
}

/* Returns JSON (stolen) as text; NULL for NULL. */
static const char *key_of(struct arena *arena, json_t *json)
{
    char *text = json ? cfn_dump(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *copy = text ? arena_strdup(arena, text) : NULL;
    free(text);
    json_decref(json);
    return copy;
}

/* A lambda that gets its own lines writes new ones each time. */
static bool check_loop(const struct model *model, const struct resource *resource)
{
    const struct filter *filter = resource->data;
    const char *own = key_of(model->arena, lambda_log_group(model, filter->lambda));
    if (!own || !filter->group || strcmp(own, filter->group) != 0)
        return true;
    return diag_error(EXIT_RESOURCE, node_get(resource->settings, "log_group")->pos,
                      "'%s' writes its own logs into this group, so each line would call it again, "
                      "without end; name another group or another lambda",
                      filter->lambda->reference);
}

/* Filters with a condition may stand in each other's place. */
static bool check_count(const struct model *model, const struct resource *resource)
{
    const struct filter *filter = resource->data;
    const struct resource *others[FILTERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < model->count && filter->group && n < FILTERS_MAX; i++) {
        const struct resource *other = model->resources[i];
        const struct filter *before = other->data;
        if (other->kind == &logs_kind && other != resource && before && before->group &&
            strcmp(before->group, filter->group) == 0 && !verbatim_condition(other->settings))
            others[n++] = other;
    }
    if (n < FILTERS_MAX || verbatim_condition(resource->settings))
        return true;
    diag_error(EXIT_RESOURCE, resource->key->pos,
               "CloudWatch takes at most %d filters for one log group", FILTERS_MAX);
    for (size_t i = 0; i < n; i++)
        diag_note(others[i]->key->pos, "'%s' is one of this group, too", others[i]->name);
    return false;
}

/* Returns the id of a resource whose attribute Arn this is, by att:// or Fn::GetAtt; or NULL. */
static const char *arn_of(struct arena *arena, const struct node *node)
{
    const struct node *att = node_get(node, "Fn::GetAtt");
    const char *first = node_text(node_item(att, 0)), *second = node_text(node_item(att, 1)), *text;
    if (first && second)
        return strcmp(second, "Arn") == 0 ? first : NULL;
    text = first;
    if (!first && reference_of(node, &text) != REFERENCE_ATT)
        return NULL;
    return str_ends(text, ".Arn") ? arena_strndup(arena, text, strlen(text) - strlen(".Arn"))
                                  : NULL;
}

/* Reports references to other things than the name of a group. */
static bool check_reference(const struct model *model, const struct node *group)
{
    static const char *const types[] = {"AWS::Logs::LogGroup", NULL};
    const char *rest;
    const char *id = arn_of(model->arena, group);
    if (reference_of(group, &rest) == REFERENCE_LAMBDA)
        return diag_error(EXIT_VALUE, group->pos,
                          "this is the ARN of a lambda; its log group is {lambda: %s}", rest);
    if (id)
        return diag_error(EXIT_VALUE, group->pos,
                          "CloudWatch takes the name of a log group here, which is ref://%s", id);
    return reference_check(model, group, types, "a log group");
}

static bool read_group(struct model *model, struct resource *resource)
{
    struct filter *filter = resource->data;
    const struct node *group = node_get(resource->settings, "log_group");
    if (is_map(group)         ? !read_writer(model, group, filter)
        : node_dynamic(group) ? !check_reference(model, group)
                              : !check_text(model, group))
        return false;
    filter->group = key_of(model->arena, group_name(model, resource));
    return check_count(model, resource) && (!filter->lambda || check_loop(model, resource));
}

static bool filter_read(struct model *model, struct resource *resource)
{
    struct filter *filter = arena_alloc(model->arena, sizeof *filter);
    const struct node *settings = resource->settings;
    resource->data = filter;
    if (!schema_check(filter_fields, countof(filter_fields), settings, resource->key,
                      "a log subscription"))
        return false;
    const char *name = resource_app_id(model, resource);
    if (!name)
        return false;
    filter->id = arena_printf(model->arena, "%sLogFilter", name);
    filter->lambda = lambda_find(model, node_get(settings, "lambda"));
    bool ok = verbatim_check(settings);
    ok = log_pattern_check(node_get(settings, "filter_pattern")) && ok;
    return read_group(model, resource) && filter->lambda && ok;
}

/* The ARN of all streams of the group. A name that a ref gives stands in the text itself. */
static json_t *source_arn(struct arena *arena, json_t *name)
{
    static const char arn[] =
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:";
    const char *ref = json_string_value(json_object_get(name, "Ref"));
    if (!ref && !json_is_string(name))
        return json_pack("{s:[o, {s:o}]}", "Fn::Sub", json_sprintf("%s${Group}:*", arn), "Group",
                         name);
    const char *text = ref ? arena_printf(arena, "%s${%s}:*", arn, ref)
                           : arena_printf(arena, "%s%s:*", arn, json_string_value(name));
    json_decref(name);
    return cfn_sub(text);
}

/* clang-format off */
/* CloudWatch tries to call the lambda when the filter is made, so the permission comes first. */
static json_t *filter_cfn(const struct resource *resource, const char *permission_id, json_t *group)
{
    const struct node *settings = resource->settings;
    const struct filter *filter = resource->data;
    const struct node *pattern = node_get(settings, "filter_pattern");
    const char *text = node_text(pattern);
    const struct node *distribution = node_get(settings, "distribution");
    return json_pack("{s:s, s:[s], s:{s:o, s:o*, s:o, s:o}}",
        "Type", "AWS::Logs::SubscriptionFilter",
        "DependsOn", permission_id,
        "Properties",
            "DestinationArn", lambda_alias(filter->lambda),
            "Distribution", node_set(distribution) ? cfn_choice(distribution, distributions) : NULL,
            "FilterPattern", node_dynamic(pattern) ? cfn_value(pattern) : json_string(text ? text : ""),
            "LogGroupName", group);
}
/* clang-format on */

static void filter_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    const struct filter *filter = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    json_t *group = group_name(model, resource);
    const char *permission_id = arena_printf(model->arena, "%sPermission", filter->id);
    cfn_add(cfn, pos, permission_id,
            invoke_permission_here(filter->lambda, "logs.amazonaws.com",
                                   source_arn(model->arena, json_incref(group))));
    cfn_add(cfn, pos, filter->id,
            verbatim_merge(filter_cfn(resource, permission_id, group), resource->settings));
}

const struct kind logs_kind = {"logs", .read = filter_read, .write = filter_write};
