#include <stdlib.h>
#include <string.h>

#include "resources/lambda.h"
#include "resources/lambda_check.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Characters (Lambda and IAM quotas). */
enum { DESCRIPTION_MAX = 256, HANDLER_MAX = 128, POLICY_NAME_MAX = 128 };
enum { ENVIRONMENT_MAX = 4096 }; /* bytes of all names and values (Lambda quotas) */

/* Names of variables that Lambda sets or refuses (Lambda Developer Guide, "Defined runtime
 * environment variables"). */
static const char *const reserved_variables[] = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
};

static bool check_role(const struct node *role)
{
    if (!node_set(role) || node_dynamic(role))
        return true;
    if (role->kind == NODE_STRING && str_starts(role->text, "arn:") && strstr(role->text, ":role/"))
        return true;
    return diag_error(EXIT_ROLE, role->pos, "a role is an ARN or a ref, not %s",
                      role->kind == NODE_STRING ? "a name" : node_kind_words(role));
}

static bool check_variable(const struct entry *entry)
{
    const char *name = entry->key->text;
    for (size_t i = 0; i < countof(reserved_variables); i++)
        if (strcmp(name, reserved_variables[i]) == 0)
            return diag_error(EXIT_VALUE, entry->key->pos, "AWS reserves the variable '%s'", name);
    if (strlen(name) < 2 || !strchr(STR_LOWER STR_UPPER, name[0]) ||
        !str_is_made_of(name, STR_ALNUM "_"))
        return diag_error(
            EXIT_VALUE, entry->key->pos,
            "a variable's name is a letter and then letters, digits and '_', at least "
            "two characters, not '%s'",
            name);
    if (entry->value->kind < NODE_LIST || node_dynamic(entry->value))
        return true;
    return diag_error(EXIT_VALUE, entry->value->pos, "a variable's value is text, not %s",
                      node_kind_words(entry->value));
}

static bool check_environment(const struct node *environment)
{
    bool ok = true;
    size_t size = 0;
    for (size_t i = 0; node_set(environment) && i < environment->count; i++) {
        const struct entry *entry = &environment->entries[i];
        ok = check_variable(entry) && ok;
        size += strlen(entry->key->text);
        if (node_text(entry->value) && !node_dynamic(entry->value))
            size += strlen(entry->value->text);
    }
    if (size > ENVIRONMENT_MAX)
        return diag_error(EXIT_VALUE, environment->pos,
                          "the environment has %zu bytes; Lambda takes %d", size, ENVIRONMENT_MAX);
    return ok;
}

/* The names of a role's policies must be unique; Gordon's policy for logs is one of them. */
static bool check_policy(const struct lambda *lambda, const struct lambda_policy *policies,
                         size_t i, const char *logs)
{
    const struct node *key = policies[i].entry->key, *value = policies[i].entry->value;
    bool auto_logs = schema_flag(node_get(lambda->settings, "auto-run-policy"), true);
    if (value->kind != NODE_MAP)
        return diag_error(EXIT_VALUE, value->pos, "a policy is a map, its policy document, not %s",
                          node_kind_words(value));
    if (strlen(policies[i].name) > POLICY_NAME_MAX)
        return diag_error(EXIT_VALUE, key->pos,
                          "the policy gets the name '%s', and IAM takes at most %d characters",
                          policies[i].name, POLICY_NAME_MAX);
    if (auto_logs && strcmp(policies[i].name, logs) == 0)
        return diag_error(EXIT_DUPLICATE, key->pos,
                          "'%s' is the name of the policy for logs that Gordon writes; choose "
                          "another one, or set auto-run-policy: false",
                          logs);
    if (!i || strcmp(policies[i - 1].name, policies[i].name) != 0)
        return true;
    diag_error(EXIT_DUPLICATE, key->pos, "two policies get the name '%s'", policies[i].name);
    diag_note(policies[i - 1].entry->key->pos, "the other one is here");
    return false;
}

static bool check_policies(struct arena *arena, const struct lambda *lambda)
{
    size_t n;
    const struct node *map = node_get(lambda->settings, "policies");
    const struct node *role = node_get(lambda->settings, "role");
    const struct lambda_policy *policies = lambda_policies(arena, lambda, &n);
    const char *logs = arena_printf(arena, "%sLogsPolicy", lambda->short_id);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = check_policy(lambda, policies, i, logs) && ok;
    if (n && node_set(role))
        diag_warning(map->pos,
                     "these policies do nothing: the lambda has a role of its own, at "
                     "line %d",
                     role->pos.line);
    return ok;
}

static bool check_architecture(const struct node *architecture)
{
    if (!node_set(architecture) || strcmp(architecture->text, "x86_64") == 0 ||
        strcmp(architecture->text, "arm64") == 0)
        return true;
    return diag_error(EXIT_VALUE, architecture->pos,
                      "architecture must be x86_64 or arm64, not '%s'", architecture->text);
}

static bool check_description(const struct node *description)
{
    const char *text = node_text(description);
    return !text || str_characters(text) <= DESCRIPTION_MAX ||
           diag_error(EXIT_VALUE, description->pos, "a description has at most %d characters",
                      DESCRIPTION_MAX);
}

static bool check_handler_name(const struct node *handler)
{
    const char *text = node_text(handler);
    if (!text || node_dynamic(handler) ||
        (*text && !strpbrk(text, " \t\r\n\f\v") && strlen(text) <= HANDLER_MAX))
        return true;
    return diag_error(EXIT_VALUE, handler->pos,
                      "a handler is 1 to %d characters without blanks, as in code.handler",
                      HANDLER_MAX);
}

static bool check_build(const struct node *build)
{
    if (!build || !node_set(build))
        return true;
    bool list = build->kind == NODE_LIST, ok = true;
    for (size_t i = 0; i < (list ? build->count : 1); i++) {
        const struct node *command = list ? build->items[i] : build;
        if (node_dynamic(command))
            ok = diag_error(EXIT_VALUE, command->pos,
                            "a build command is needed when building and cannot be a ref");
    }
    return ok;
}

bool lambda_check_values(const struct model *model, const struct lambda *lambda)
{
    const struct node *settings = lambda->settings;
    bool ok = check_role(node_get(settings, "role"));
    ok = check_policies(model->arena, lambda) && ok;
    ok = check_handler_name(node_get(settings, "handler")) && ok;
    ok = check_build(node_get(settings, "build")) && ok;
    ok = check_environment(node_get(settings, "environment")) && ok;
    ok = check_architecture(node_get(settings, "architecture")) && ok;
    ok = check_description(node_get(settings, "description")) && ok;
    return ok;
}
