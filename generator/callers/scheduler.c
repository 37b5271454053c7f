#include <string.h>

#include "callers/event_target.h"
#include "callers/schedule.h"
#include "callers/scheduler.h"
#include "callers/time_zone.h"
#include "lambdas/lambda.h"
#include "lambdas/receiver.h"
#include "lambdas/use_key.h"
#include "resources/arn.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* EventBridge Scheduler API Reference, "CreateSchedule" and "FlexibleTimeWindow". */
enum { DESCRIPTION_MAX = 512, WINDOW_MAX = 1440, GROUP_MAX = 64 };

static const struct field schedule_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"schedule_expression", FIELD_TEXT, .required = true},
    {"description", FIELD_TEXT},
    {"enabled", FIELD_FLAG},
    {"timezone", FIELD_TEXT},
    {"start_date", FIELD_TEXT},
    {"end_date", FIELD_TEXT},
    {"flexible_window", FIELD_INT, .min = 1, .max = WINDOW_MAX, .unit = "minutes"},
    {"input", FIELD_ANY},
    RETRY_FIELDS,
    {"group", FIELD_TEXT},
    {"kms_key", FIELD_TEXT},
    {"role", FIELD_TEXT},
    {"permissions_boundary", FIELD_TEXT},
    VERBATIM_FIELDS,
};

struct schedule {
    const char *id; /* "{Name}Schedule" */
    const struct lambda *lambda;
};

/* The text of a value that the build knows; else NULL. */
static const char *known(const struct node *settings, const char *key)
{
    const struct node *node = node_get(settings, key);
    return node_dynamic(node) ? NULL : node_text(node);
}

static bool wrong(const struct node *settings, const char *key, const char *takes)
{
    const struct node *node = node_get(settings, key);
    return diag_error(EXIT_VALUE, node->pos, "%s is %s, not '%s'", key, takes, node->text);
}

static bool check_expression(struct arena *arena, const struct node *settings)
{
    const char *text = known(settings, "schedule_expression");
    const char *problem = text ? schedule_problem_of_scheduler(arena, text) : NULL;
    return !problem ||
           diag_error(EXIT_VALUE, node_get(settings, "schedule_expression")->pos, "%s", problem);
}

static bool check_zone(struct arena *arena, const struct node *settings)
{
    const char *zone = known(settings, "timezone");
    if (!zone || time_zone_is(zone))
        return true;
    const struct node *node = node_get(settings, "timezone");
    const char *near = time_zone_near(arena, zone);
    if (near)
        return diag_error(EXIT_VALUE, node->pos,
                          "'%s' is none of IANA's time zones; did you mean '%s'?", zone, near);
    return diag_error(EXIT_VALUE, node->pos,
                      "'%s' is none of IANA's time zones, as Europe/Madrid is", zone);
}

static bool check_date(struct arena *arena, const struct node *settings, const char *key)
{
    const char *date = known(settings, key);
    return !date || schedule_moment(arena, date) ||
           wrong(settings, key, "a date and a time, as in 2030-12-31T08:30:00Z, or only a date");
}

/* Compares two dates of UTC. */
static bool check_order(struct arena *arena, const struct node *settings)
{
    const char *start = known(settings, "start_date"), *end = known(settings, "end_date");
    start = start ? schedule_moment(arena, start) : NULL;
    end = end ? schedule_moment(arena, end) : NULL;
    return !start || !end || !str_ends(start, "Z") || !str_ends(end, "Z") ||
           strcmp(start, end) < 0 ||
           diag_error(EXIT_RESOURCE, node_get(settings, "end_date")->pos,
                      "end_date is not after start_date");
}

/* Warns of what has no effect on a schedule for one time. */
static void warn_once(const struct node *settings)
{
    static const char *const keys[] = {"start_date", "end_date"};
    const char *expression = known(settings, "schedule_expression");
    for (size_t i = 0; expression && schedule_is_once(expression) && i < countof(keys); i++)
        if (node_set(node_get(settings, keys[i])))
            diag_warning(node_get(settings, keys[i])->pos,
                         "%s has no effect on a schedule for one time, at(...)", keys[i]);
}

static bool check_when(struct arena *arena, const struct node *settings)
{
    bool ok = check_expression(arena, settings);
    ok = check_zone(arena, settings) && ok;
    ok = check_date(arena, settings, "start_date") && ok;
    ok = check_date(arena, settings, "end_date") && ok;
    ok = ok && check_order(arena, settings);
    warn_once(settings);
    return ok;
}

/* What may be the ARN of another resource, or a ref to one of the project. */
static const struct arn_field {
    const char *key, *service, *resource; /* of the ARN: "arn:...:<service>:...:<resource>..." */
    const char *takes, *what;
    const char *types[3];
} arn_fields[] = {
    {"kms_key",
     "kms",
     "key/",
     "a ref, or the ARN of a key, arn:aws:kms:<region>:<account>:key/<id>",
     "a KMS key",
     {"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}},
    {"role",
     "iam",
     "role/",
     "a ref, or the ARN of a role, arn:aws:iam::<account>:role/<name>",
     "a role",
     {"AWS::IAM::Role"}},
    {"permissions_boundary",
     "iam",
     "policy/",
     "a ref, or the ARN of a policy",
     "a managed policy",
     {"AWS::IAM::ManagedPolicy"}},
};

static bool check_arns(const struct model *model, const struct node *settings)
{
    bool ok = true;
    for (size_t i = 0; i < countof(arn_fields); i++) {
        const struct arn_field *field = &arn_fields[i];
        const struct node *node = node_get(settings, field->key);
        const char *text = known(settings, field->key);
        const char *resource = text ? arn_resource(text, field->service) : NULL;
        if (node_set(node))
            ok = reference_check(model, node, field->types, field->what) && ok;
        if (text && !(resource && str_starts(resource, field->resource)))
            ok = wrong(settings, field->key, field->takes);
    }
    return ok;
}

static bool check_group(const struct model *model, const struct node *settings)
{
    static const char *const types[] = {"AWS::Scheduler::ScheduleGroup", NULL};
    const struct node *group = node_get(settings, "group");
    const char *text = known(settings, "group");
    if (node_set(group) && !reference_check(model, group, types, "a group of schedules"))
        return false;
    return !text || (str_is_made_of(text, STR_ALNUM "-_.") && strlen(text) <= GROUP_MAX) ||
           wrong(settings, "group", "a ref, or a name of 1 to 64 letters, digits and - _ .");
}

static bool check_texts(const struct model *model, const struct node *settings)
{
    const struct node *boundary = node_get(settings, "permissions_boundary");
    const char *description = known(settings, "description");
    bool ok = check_arns(model, settings);
    if (description && str_characters(description) > DESCRIPTION_MAX)
        ok = diag_error(EXIT_VALUE, node_get(settings, "description")->pos,
                        "a description has at most %d characters", DESCRIPTION_MAX);
    if (node_set(boundary) && node_set(node_get(settings, "role")))
        ok = diag_error(EXIT_RESOURCE, boundary->pos,
                        "permissions_boundary is for the role that Gordon makes, and the settings "
                        "name another one");
    input_check(node_get(settings, "input"));
    return check_group(model, settings) && ok;
}

static bool schedule_read(struct model *model, struct resource *resource)
{
    struct schedule *schedule = arena_alloc(model->arena, sizeof *schedule);
    const struct node *settings = resource->settings;
    resource->data = schedule;
    if (!schema_check(schedule_fields, countof(schedule_fields), settings, resource->key,
                      "a schedule"))
        return false;
    const char *name = resource_app_id(model, resource);
    if (!name)
        return false;
    schedule->id = arena_printf(model->arena, "%sSchedule", name);
    schedule->lambda = lambda_find(model, node_get(settings, "lambda"));
    bool ok = check_when(model->arena, settings);
    ok = check_texts(model, settings) && ok;
    ok = retry_check(model, settings) && ok;
    return verbatim_check(settings) && schedule->lambda && ok;
}

static const char *role_id(struct arena *arena, const struct schedule *schedule)
{
    return arena_printf(arena, "%sRole", schedule->id);
}

/* clang-format off */

/* Only schedules of this account (Scheduler User Guide, "Confused deputy prevention"). */
static json_t *trust(void)
{
    json_t *document = cfn_assume_role("scheduler.amazonaws.com");
    json_object_set_new(json_array_get(json_object_get(document, "Statement"), 0), "Condition",
        json_pack("{s:{s:o}}", "StringEquals", "aws:SourceAccount", cfn_ref("AWS::AccountId")));
    return document;
}

/* Returns a policy with one statement; NULL without a resource (all stolen). */
static json_t *policy(const char *name, json_t *actions, json_t *resource)
{
    if (!resource) {
        json_decref(actions);
        return NULL;
    }
    return json_pack("{s:s, s:{s:s, s:[{s:s, s:o, s:o}]}}",
        "PolicyName", name,
        "PolicyDocument",
            "Version", "2012-10-17",
            "Statement",
                "Effect", "Allow",
                "Action", actions,
                "Resource", resource);
}

/* Returns the keys of the queue that gets failures, or NULL: who sends to a queue uses its key. */
static json_t *letters_keys(const struct model *model, const struct node *letters)
{
    const struct declared *queue = letters ? receiver_resource(model, letters) : NULL;
    json_t *keys = queue ? use_keys_of(model, queue, letters->pos,
                                       "name a 'role' that has it")
                         : NULL;
    if (json_array_size(keys))
        return keys;
    json_decref(keys);
    return NULL;
}

static json_t *policies(const struct model *model, const struct schedule *schedule,
                        const struct node *settings)
{
    const struct node *letters = node_get(settings, "dead_letter");
    json_t *all[] = {
        policy("Invoke", json_string("lambda:InvokeFunction"), lambda_alias(schedule->lambda)),
        policy("DeadLetter", json_string("sqs:SendMessage"),
            node_set(letters) ? receiver_arn(model, letters) : NULL),
        policy("DeadLetterKey", json_pack("[s, s]", "kms:Decrypt", "kms:GenerateDataKey"),
            letters_keys(model, letters)),
        policy("Key", json_string("kms:Decrypt"),
            reference_value(model, node_get(settings, "kms_key"), WANT_ARN)),
    };
    json_t *list = json_array();
    for (size_t i = 0; i < countof(all); i++)
        if (all[i])
            json_array_append_new(list, all[i]);
    return list;
}

static json_t *role_cfn(const struct model *model, const struct schedule *schedule,
                        const struct node *settings)
{
    const struct node *boundary = node_get(settings, "permissions_boundary");
    return json_pack("{s:s, s:{s:o, s:o*, s:o}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", trust(),
            "PermissionsBoundary", reference_value(model, boundary, WANT_ARN),
            "Policies", policies(model, schedule, settings));
}

static json_t *window(const struct node *minutes)
{
    if (!node_set(minutes))
        return json_pack("{s:s}", "Mode", "OFF");
    return json_pack("{s:o, s:s}", "MaximumWindowInMinutes", cfn_int(minutes), "Mode", "FLEXIBLE");
}

static json_t *moment(struct arena *arena, const struct node *settings, const char *key)
{
    const char *text = known(settings, key);
    return text ? json_string(schedule_moment(arena, text)) : cfn_value(node_get(settings, key));
}

static json_t *state(const struct node *enabled)
{
    if (!node_set(enabled))
        return NULL;
    return json_string(schema_flag(enabled, true) ? "ENABLED" : "DISABLED");
}

static json_t *target(const struct model *model, const struct schedule *schedule,
                      const struct node *settings)
{
    const struct node *role = node_get(settings, "role");
    return json_pack("{s:o, s:o*, s:o*, s:o*, s:o}",
        "Arn", lambda_alias(schedule->lambda),
        "DeadLetterConfig", retry_letters(model, settings),
        "Input", input_text(node_get(settings, "input")),
        "RetryPolicy", retry_policy(settings),
        "RoleArn", node_set(role) ? reference_value(model, role, WANT_ARN)
                                  : cfn_att(role_id(model->arena, schedule), "Arn"));
}

static json_t *schedule_cfn(const struct model *model, const struct schedule *schedule,
                            const struct node *settings)
{
    return json_pack("{s:s, s:{s:o*, s:o*, s:o, s:o*, s:o*, s:o, s:o*, s:o*, s:o*, s:o}}",
        "Type", "AWS::Scheduler::Schedule",
        "Properties",
            "Description", cfn_value(node_get(settings, "description")),
            "EndDate", moment(model->arena, settings, "end_date"),
            "FlexibleTimeWindow", window(node_get(settings, "flexible_window")),
            "GroupName", reference_value(model, node_get(settings, "group"), WANT_NAME),
            "KmsKeyArn", reference_value(model, node_get(settings, "kms_key"), WANT_ARN),
            "ScheduleExpression", cfn_value(node_get(settings, "schedule_expression")),
            "ScheduleExpressionTimezone", cfn_value(node_get(settings, "timezone")),
            "StartDate", moment(model->arena, settings, "start_date"),
            "State", state(node_get(settings, "enabled")),
            "Target", target(model, schedule, settings));
}
/* clang-format on */

static void schedule_write(const struct model *model, const struct resource *resource,
                           struct steps *steps)
{
    const struct schedule *schedule = resource->data;
    const struct node *settings = resource->settings;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    cfn_add(cfn, pos, schedule->id,
            verbatim_merge(schedule_cfn(model, schedule, settings), settings));
    if (!node_set(node_get(settings, "role")))
        cfn_add(cfn, pos, role_id(model->arena, schedule), role_cfn(model, schedule, settings));
}

const struct kind schedules_kind = {"schedules", .read = schedule_read, .write = schedule_write};
