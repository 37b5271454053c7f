#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_logs.h"
#include "resources/log_group.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const formats[] = {"Text", "JSON", NULL};
static const char *const levels[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", NULL};
static const char *const system_levels[] = {"DEBUG", "INFO", "WARN", NULL};

static const struct field fields[] = {
    {"auto-run-policy", FIELD_FLAG},
    {"log-group", FIELD_TEXT},
    {"log-retention", FIELD_INT, .min = 1, .max = 3653, .unit = "days"},
    {"log-format", FIELD_CHOICE, .choices = formats},
    {"log-level", FIELD_CHOICE, .choices = levels},
    {"system-log-level", FIELD_CHOICE, .choices = system_levels},
};

enum { GROUP_MAX = 512 }; /* characters of a group's name */

/* Whether the settings have any word of logs besides auto-run-policy. */
static bool has_words(const struct lambda *lambda)
{
    for (size_t i = 1; i < countof(fields); i++)
        if (node_set(node_get(lambda->settings, fields[i].key)))
            return true;
    return false;
}

/* Only what refers to another group is foreign. A text, and what a function makes of texts, is the
 * name of a group of the stack. */
static bool is_foreign(const struct node *group)
{
    const char *rest;
    enum reference reference = reference_of(group, &rest);
    return (reference != REFERENCE_NONE && reference != REFERENCE_SUB) ||
           node_get(group, "Fn::GetAtt") || node_get(group, "Fn::ImportValue");
}

bool lambda_log_group_is_foreign(const struct node *settings)
{
    return is_foreign(node_get(settings, "log-group"));
}

size_t lambda_logs_unfit(const struct node *own, const char **keys)
{
    const struct node *format = node_get(own, "log-format");
    size_t n = 0;
    if (lambda_log_group_is_foreign(own))
        keys[n++] = "log-retention";
    if (schema_choice(format, formats) == formats[0]) {
        keys[n++] = "log-level";
        keys[n++] = "system-log-level";
    }
    return n;
}

const char *lambda_log_group_id(struct arena *arena, const struct lambda *lambda)
{
    const struct node *group = node_get(lambda->settings, "log-group");
    if (!node_set(group) || is_foreign(group))
        return arena_printf(arena, "%sLogs", lambda->short_id);
    json_t *name = json_pack("{s:o*}", "LogGroupName", cfn_value(group));
    const char *id = arena_printf(arena, "Logs%s", cfn_digest(arena, name));
    json_decref(name);
    return id;
}

json_t *lambda_log_group(const struct model *model, const struct lambda *lambda)
{
    const struct node *group = node_get(lambda->settings, "log-group");
    if (!has_words(lambda))
        return NULL;
    return is_foreign(group) ? reference_value(model, group, WANT_NAME)
                             : cfn_ref(lambda_log_group_id(model->arena, lambda));
}

static bool check_group(const struct model *model, const struct node *group)
{
    static const char *const types[] = {"AWS::Logs::LogGroup", NULL};
    if (!node_set(group))
        return true;
    if (node_dynamic(group))
        return reference_check(model, group, types, "a log group");
    if (str_is_made_of(group->text, STR_ALNUM "._-/#") && strlen(group->text) <= GROUP_MAX &&
        !str_starts(group->text, "aws/"))
        return true;
    return diag_error(EXIT_VALUE, group->pos,
                      "a log group's name has letters, digits, '.', '_', '-', '/' and '#', at most "
                      "%d of them, and does not begin with aws/, not '%s'",
                      GROUP_MAX, group->text);
}

static bool check_retention(const struct lambda *lambda)
{
    const struct node *days = node_get(lambda->settings, "log-retention");
    const struct node *group = node_get(lambda->settings, "log-group");
    if (node_set(days) && is_foreign(group)) {
        diag_error(EXIT_RESOURCE, days->pos,
                   "log-retention is for a group that Gordon makes; set RetentionInDays where this "
                   "group is made");
        diag_note(group->pos, "the group is named here");
        return false;
    }
    return log_group_check_retention(days);
}

/* Lambda sorts out messages by their level only in JSON. */
static bool check_level(const struct lambda *lambda, const char *key)
{
    const struct node *level = node_get(lambda->settings, key);
    const struct node *format = node_get(lambda->settings, "log-format");
    if (!node_set(level) || node_dynamic(format) || schema_choice(format, formats) == formats[1])
        return true;
    diag_error(EXIT_RESOURCE, level->pos, "%s needs log-format: JSON", key);
    if (node_set(format))
        diag_note(format->pos, "the format is set here");
    return false;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    bool ok = check_group(model, node_get(lambda->settings, "log-group"));
    ok = check_retention(lambda) && ok;
    ok = check_level(lambda, "log-level") && ok;
    return check_level(lambda, "system-log-level") && ok;
}

/* The name of a lambda's own group is not made of the function's name, which CloudFormation
 * chooses: the two would depend on each other. */
static json_t *own_name(const struct lambda_parts *parts)
{
    return log_group_name(parts->model, "/aws/lambda", parts->lambda->id);
}

/* Adds a group of the stack, unless another lambda has added the same. */
static void add_group(struct lambda_parts *parts, const struct node *group, const char *id)
{
    const struct node *days = node_get(parts->lambda->settings, "log-retention");
    struct pos pos = node_set(group) ? group->pos : parts->lambda->key->pos;
    json_t *resource =
        json_pack("{s:s, s:{s:o, s:o*}}", "Type", "AWS::Logs::LogGroup", "Properties",
                  "LogGroupName", node_set(group) ? cfn_value(group) : own_name(parts),
                  "RetentionInDays", cfn_optional_int(days));
    const json_t *before = node_set(group) ? json_object_get(parts->cfn->resources, id) : NULL;
    if (!before) {
        cfn_add(parts->cfn, pos, id, resource);
        return;
    }
    const struct pos *first = table_get(&parts->cfn->places, id);
    if (!json_equal(json_object_get(before, "Properties"),
                    json_object_get(resource, "Properties"))) {
        diag_error(EXIT_DUPLICATE, pos,
                   "two lambdas name this log group, with different values of log-retention");
        diag_note(*first, "the other one names it here");
    }
    json_decref(resource);
}

/* Returns the ARN of all streams of a group that the stack does not have. */
static json_t *foreign_arn(json_t *name)
{
    return json_pack("{s:[s, {s:o}]}", "Fn::Sub",
                     "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                     ":log-group:${Group}:*",
                     "Group", name);
}

static json_t *choice_of(const struct lambda *lambda, const char *key, const char *const *choices)
{
    const struct node *node = node_get(lambda->settings, key);
    return node_set(node) ? cfn_choice(node, choices) : NULL;
}

/* Writes the function's logs into a group of its own, or into one that another resource makes. */
static void write_group(struct lambda_parts *parts)
{
    const struct lambda *lambda = parts->lambda;
    const struct node *group = node_get(lambda->settings, "log-group");
    const char *id = lambda_log_group_id(parts->model->arena, lambda);
    json_t *name = lambda_log_group(parts->model, lambda);
    if (!is_foreign(group))
        add_group(parts, group, id);
    if (schema_flag(node_get(lambda->settings, "auto-run-policy"), true))
        lambda_allow(parts, LAMBDA_LOGS_POLICY,
                     json_pack("[s, s]", "logs:CreateLogStream", "logs:PutLogEvents"),
                     is_foreign(group) ? foreign_arn(json_incref(name)) : cfn_att(id, "Arn"));
    lambda_property(parts->function, "LoggingConfig",
                    json_pack("{s:o, s:o*, s:o*, s:o*}", "LogGroup", name, "LogFormat",
                              choice_of(lambda, "log-format", formats), "ApplicationLogLevel",
                              choice_of(lambda, "log-level", levels), "SystemLogLevel",
                              choice_of(lambda, "system-log-level", system_levels)));
}

/* Without settings of logs. Allows log groups of lambdas only, but of all lambdas, because
 * CloudFormation shortens the names of functions. */
static void write_policy(struct lambda_parts *parts)
{
    if (parts->role && schema_flag(node_get(parts->lambda->settings, "auto-run-policy"), true))
        lambda_allow(parts, LAMBDA_LOGS_POLICY,
                     json_pack("[s, s, s]", "logs:CreateLogGroup", "logs:CreateLogStream",
                               "logs:PutLogEvents"),
                     cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
                             ":log-group:/aws/lambda/*"));
}

static void write(struct lambda_parts *parts)
{
    if (has_words(parts->lambda))
        write_group(parts);
    else
        write_policy(parts);
}

const struct lambda_subject lambda_logs = {fields, countof(fields), .always = true, .check = check,
                                           .write = write};
