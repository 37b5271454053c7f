#include <stdlib.h>
#include <string.h>

#include "callers/event_target.h"
#include "callers/events.h"
#include "callers/schedule.h"
#include "resources/arn.h"
#include "resources/event_filter.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Limits of EventBridge (its API Reference, "PutRule"; its quotas, "Targets"). */
enum { DESCRIPTION_MAX = 512, TARGETS_MAX = 5 };

static const struct field event_fields[] = {
    {"description", FIELD_TEXT},
    {"enabled", FIELD_FLAG},
    {"schedule_expression", FIELD_TEXT},
    {"bus", FIELD_TEXT},
    {"event_pattern", FIELD_MAP},
    {"targets", FIELD_MAP},
    {"state", FIELD_ANY},
    VERBATIM_FIELDS,
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

static bool read_when(struct model *model, const struct resource *resource, struct rule *rule)
{
    const struct node *schedule = node_get(resource->settings, "schedule_expression");
    const struct node *pattern = node_get(resource->settings, "event_pattern");
    rule->pattern = node_set(pattern) && pattern->count ? pattern : NULL;
    if (!node_set(schedule) && !rule->pattern)
        return diag_error(EXIT_RESOURCE, resource->key->pos,
                          "an event needs a 'schedule_expression' or an 'event_pattern'");
    bool ok = !rule->pattern || node_dynamic(rule->pattern) ||
              event_filter_check(rule->pattern, FILTER_EVENT);
    if (!node_set(schedule) || node_dynamic(schedule))
        return ok;
    const char *problem = schedule_problem(model->arena, schedule->text);
    return (!problem || diag_error(EXIT_VALUE, schedule->pos, "%s", problem)) && ok;
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
        ok = target_read(model, rule, resource->name, &sorted[i]) && ok;
    if (rule->ntargets)
        qsort(rule->targets, rule->ntargets, sizeof *rule->targets, by_id);
    return ok;
}

/* Whether the settings name another bus than that of AWS, as far as the build knows. */
static bool is_custom(const struct model *model, const struct node *bus)
{
    return node_dynamic(bus) ? reference_resource(model, bus) != NULL
                             : strcmp(bus->text, "default") != 0;
}

static bool check_bus(const struct model *model, const struct node *settings)
{
    static const char *const types[] = {"AWS::Events::EventBus", NULL};
    const struct node *bus = node_get(settings, "bus");
    const struct node *schedule = node_get(settings, "schedule_expression");
    if (!node_set(bus))
        return true;
    if (!reference_check(model, bus, types, "an event bus"))
        return false;
    if (node_set(schedule) && is_custom(model, bus))
        return diag_error(EXIT_RESOURCE, bus->pos,
                          "EventBridge runs a 'schedule_expression' on the default bus only; write "
                          "an entry of 'schedules', or leave out 'bus'");
    if (node_dynamic(bus))
        return true;
    const char *name = str_starts(bus->text, "arn:") ? arn_resource(bus->text, "events") : NULL;
    bool ok = name ? str_starts(name, "event-bus/") && str_is_made_of(name, STR_ALNUM "/._-")
                   : str_is_made_of(bus->text, STR_ALNUM "/._-");
    return ok || diag_error(EXIT_VALUE, bus->pos,
                            "bus is a name, an ARN, arn:aws:events:<region>:<account>:event-bus/"
                            "<name>, or a ref, not '%s'",
                            bus->text);
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
    ok = check_bus(model, resource->settings) && ok;
    warn_of_state(node_get(resource->settings, "state"));
    return read_targets(model, resource, rule) && ok;
}

/* clang-format off */
static json_t *targets_cfn(const struct model *model, const struct rule *rule)
{
    json_t *targets = rule->ntargets ? json_array() : NULL;
    for (size_t i = 0; i < rule->ntargets; i++)
        json_array_append_new(targets, target_cfn(model, rule, &rule->targets[i]));
    return targets;
}

static json_t *rule_cfn(const struct model *model, const struct resource *resource, const struct rule *rule)
{
    const struct node *settings = resource->settings;
    return json_pack("{s:s, s:{s:o*, s:o*, s:o*, s:o*, s:s, s:o*}}",
        "Type", "AWS::Events::Rule",
        "Properties",
            "Description", cfn_value(filled(node_get(settings, "description"))),
            "EventBusName", reference_value(model, node_get(settings, "bus"), WANT_NAME),
            "EventPattern", cfn_convert(rule->pattern, cfn_ref),
            "ScheduleExpression", cfn_value(node_get(settings, "schedule_expression")),
            "State", schema_flag(node_get(settings, "enabled"), true) ? "ENABLED" : "DISABLED",
            "Targets", targets_cfn(model, rule));
}
/* clang-format on */

static void event_write(const struct model *model, const struct resource *resource,
                        struct steps *steps)
{
    const struct rule *rule = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    cfn_add(cfn, pos, rule->id,
            verbatim_merge(rule_cfn(model, resource, rule), resource->settings));
    targets_role_write(model, steps, resource->key, rule);
    for (size_t i = 0; i < rule->ntargets; i++)
        target_write(model, steps, resource->key, rule, &rule->targets[i]);
}

const struct kind events_kind = {"events", .read = event_read, .write = event_write};
