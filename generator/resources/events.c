#include <stdlib.h>
#include <string.h>

#include "resources/events.h"
#include "resources/invoke.h"
#include "resources/lambda.h"
#include "resources/schedule.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"
#include "template/json_text.h"

/* Limits of EventBridge (its API Reference, "PutRule" and "Target"; its quotas, "Targets"). */
enum { DESCRIPTION_MAX = 512, TARGETS_MAX = 5, TARGET_ID_MAX = 64 };

static const struct field event_fields[] = {
    {"description", FIELD_TEXT},
    {"enabled", FIELD_FLAG},
    {"schedule_expression", FIELD_TEXT},
    {"event_pattern", FIELD_MAP},
    {"targets", FIELD_MAP},
    {"state", FIELD_ANY},
    VERBATIM_FIELDS,
};

static const struct field target_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"input", FIELD_ANY},
    {"input_path", FIELD_TEXT},
};

struct target {
    const struct node *settings;
    const struct lambda *lambda;
    const char *id;            /* "{Alias}", or "{Alias}-{target}" */
    const char *permission_id; /* NULL if another target has the lambda's permission */
};

struct rule {
    const char *id;
    const struct node *pattern; /* or NULL */
    struct target *targets;     /* sorted by id */
    size_t ntargets;
};

/* Returns `node` if it is a scalar and not empty, or a function; else NULL. */
static const struct node *filled(const struct node *node)
{
    return node_dynamic(node) || (node_text(node) && *node->text) ? node : NULL;
}

static bool check_description(const struct node *description)
{
    return !node_text(description) || str_characters(description->text) <= DESCRIPTION_MAX ||
           diag_error(EXIT_VALUE, description->pos, "a description has at most %d characters",
                      DESCRIPTION_MAX);
}

/* Warns of a value that is not in a list, as each value of a pattern must be (EventBridge User
 * Guide, "Creating event patterns"). */
static void check_pattern(const struct node *pattern)
{
    for (size_t i = 0; i < pattern->count; i++) {
        const struct node *value = pattern->entries[i].value;
        if (value->kind == NODE_MAP)
            check_pattern(value);
        else if (value->kind != NODE_LIST && !node_dynamic(value))
            diag_warning(value->pos,
                         "AWS refuses a pattern with a value that is not in a list; write "
                         "%s: [%s]",
                         pattern->entries[i].key->text, node_text(value) ? value->text : "null");
    }
}

static bool read_when(struct model *model, const struct resource *resource, struct rule *rule)
{
    const struct node *schedule = node_get(resource->settings, "schedule_expression");
    const struct node *pattern = node_get(resource->settings, "event_pattern");
    rule->pattern = node_set(pattern) && pattern->count ? pattern : NULL;
    if (!node_set(schedule) && !rule->pattern)
        return diag_error(EXIT_RESOURCE, resource->key->pos,
                          "an event needs a 'schedule_expression' or an 'event_pattern'");
    if (rule->pattern)
        check_pattern(rule->pattern);
    if (!node_set(schedule) || node_dynamic(schedule))
        return true;
    const char *problem = schedule_problem(model->arena, schedule->text);
    return !problem || diag_error(EXIT_VALUE, schedule->pos, "%s", problem);
}

/* A target has an input, which must be JSON text for AWS, or a path into the event, not both (API
 * Reference, "Target"). */
static bool check_input(const struct node *input, const struct node *path)
{
    if (node_set(input) && filled(path))
        return diag_error(EXIT_RESOURCE, path->pos,
                          "a target has an 'input' or an 'input_path', not both");
    if (!input || input->kind != NODE_STRING || !*input->text || node_dynamic(input))
        return true;
    json_t *json = json_loads(input->text, JSON_DECODE_ANY, NULL);
    if (!json)
        diag_warning(input->pos, "this text is not JSON, which AWS requires of an input; write a "
                                 "map or a list, or '\"...\"'");
    json_decref(json);
    return true;
}

static bool check_target_id(const struct node *key, const char *id)
{
    if (!str_is_made_of(id, STR_ALNUM "._-"))
        return diag_error(
            EXIT_VALUE, key->pos,
            "the name of a second target of one lambda has letters, digits and . _ -, not "
            "'%s'",
            key->text);
    return strlen(id) <= TARGET_ID_MAX ||
           diag_error(EXIT_VALUE, key->pos,
                      "this target gets the id '%s', and AWS takes at most %d characters; "
                      "shorten its name or give the lambda a 'logical-name'",
                      id, TARGET_ID_MAX);
}

/* The first target of a lambda has the alias as its id, and brings the lambda's permission. The
 * permission of the first target of all is "{Rule}Permission". */
static void set_ids(struct arena *arena, const struct rule *rule, const char *name,
                    const char *target_name, struct target *target)
{
    target->id = target->lambda->alias_id;
    for (size_t i = 0; i < rule->ntargets; i++)
        if (rule->targets[i].lambda == target->lambda) {
            target->id = arena_printf(arena, "%s-%s", target->lambda->alias_id, target_name);
            return;
        }
    target->permission_id = rule->ntargets
                                ? name_id(arena, name, target_name, "Rule", "Permission", NULL)
                                : arena_printf(arena, "%sPermission", rule->id);
}

static bool read_target(struct model *model, struct rule *rule, const char *name,
                        const struct entry *entry)
{
    struct target target = {.settings = entry->value};
    if (!schema_check(target_fields, countof(target_fields), entry->value, entry->key, "a target"))
        return false;
    bool ok = check_input(node_get(entry->value, "input"), node_get(entry->value, "input_path"));
    target.lambda = lambda_find(model, node_get(entry->value, "lambda"));
    if (!target.lambda)
        return false;
    set_ids(model->arena, rule, name, entry->key->text, &target);
    array_push(model->arena, rule->targets, rule->ntargets, target);
    return check_target_id(entry->key, target.id) && ok;
}

static int by_id(const void *a, const void *b)
{
    const struct target *x = a, *y = b;
    return strcmp(x->id, y->id);
}

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return strcmp(x->key->text, y->key->text);
}

/* Sorts the targets by name, so that "the first target" does not depend on the order of keys. */
static const struct entry *sorted_entries(struct arena *arena, const struct node *map)
{
    struct entry *sorted = arena_alloc(arena, map->count * sizeof *sorted);
    memcpy(sorted, map->entries, map->count * sizeof *sorted);
    qsort(sorted, map->count, sizeof *sorted, by_key);
    return sorted;
}

static bool read_targets(struct model *model, const struct resource *resource, struct rule *rule)
{
    const struct node *targets = node_get(resource->settings, "targets");
    bool ok = true;
    if (!node_set(targets) || !targets->count) {
        diag_warning(resource->key->pos, "this event has no targets, so nothing will happen");
        return true;
    }
    if (targets->count > TARGETS_MAX)
        ok = diag_error(EXIT_VALUE, targets->pos, "an event has at most %d targets, not %zu",
                        TARGETS_MAX, targets->count);
    const struct entry *sorted = sorted_entries(model->arena, targets);
    for (size_t i = 0; i < targets->count; i++)
        ok = read_target(model, rule, resource->name, &sorted[i]) && ok;
    if (rule->ntargets)
        qsort(rule->targets, rule->ntargets, sizeof *rule->targets, by_id);
    return ok;
}

/* Gordon 0.7 documented `state`, and ignored it. */
static void warn_of_state(const struct node *state)
{
    if (node_set(state))
        diag_warning(state->pos,
                     "'state' has no effect; write 'enabled: true' or 'enabled: false'");
}

static bool event_read(struct model *model, struct resource *resource)
{
    struct rule *rule = arena_alloc(model->arena, sizeof *rule);
    resource->data = rule;
    if (!schema_check(event_fields, countof(event_fields), resource->settings, resource->key,
                      "an event"))
        return false;
    const char *name = resource_id(model, resource);
    if (!name)
        return false;
    rule->id = arena_printf(model->arena, "%sRule", name);
    bool ok = check_description(node_get(resource->settings, "description"));
    ok = verbatim_check(resource->settings) && ok;
    ok = read_when(model, resource, rule) && ok;
    warn_of_state(node_get(resource->settings, "state"));
    return read_targets(model, resource, rule) && ok;
}

static json_t *input(const struct node *node)
{
    if (!node_set(node) || (node->kind == NODE_STRING && !*node->text))
        return NULL;
    return node->kind == NODE_STRING || node_dynamic(node) ? cfn_value(node)
                                                           : json_text(cfn_convert(node, cfn_ref));
}

/* clang-format off */
static json_t *target_cfn(const struct target *target)
{
    return json_pack("{s:o, s:s, s:o*, s:o*}",
        "Arn", lambda_alias(target->lambda),
        "Id", target->id,
        "Input", input(node_get(target->settings, "input")),
        "InputPath", cfn_value(filled(node_get(target->settings, "input_path"))));
}

static json_t *targets_cfn(const struct rule *rule)
{
    json_t *targets = rule->ntargets ? json_array() : NULL;
    for (size_t i = 0; i < rule->ntargets; i++)
        json_array_append_new(targets, target_cfn(&rule->targets[i]));
    return targets;
}

static json_t *rule_cfn(const struct resource *resource, const struct rule *rule)
{
    const struct node *settings = resource->settings;
    return json_pack("{s:s, s:{s:o*, s:o*, s:o*, s:s, s:o*}}",
        "Type", "AWS::Events::Rule",
        "Properties",
            "Description", cfn_value(filled(node_get(settings, "description"))),
            "EventPattern", cfn_convert(rule->pattern, cfn_ref),
            "ScheduleExpression", cfn_value(node_get(settings, "schedule_expression")),
            "State", schema_flag(node_get(settings, "enabled"), true) ? "ENABLED" : "DISABLED",
            "Targets", targets_cfn(rule));
}
/* clang-format on */

static void event_write(const struct model *model, const struct resource *resource,
                        struct steps *steps)
{
    const struct rule *rule = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    (void)model;
    cfn_add(cfn, pos, rule->id, verbatim_merge(rule_cfn(resource, rule), resource->settings));
    for (size_t i = 0; i < rule->ntargets; i++)
        if (rule->targets[i].permission_id)
            cfn_add(cfn, pos, rule->targets[i].permission_id,
                    invoke_permission(rule->targets[i].lambda, "events.amazonaws.com",
                                      cfn_att(rule->id, "Arn")));
}

const struct kind events_kind = {"events", .read = event_read, .write = event_write};
