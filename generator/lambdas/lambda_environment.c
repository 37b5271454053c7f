#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_environment.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"environment", FIELD_MAP}};

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

bool lambda_variable_check(struct pos pos, const char *name)
{
    for (size_t i = 0; i < countof(reserved_variables); i++)
        if (strcmp(name, reserved_variables[i]) == 0)
            return diag_error(EXIT_VALUE, pos, "AWS reserves the variable '%s'", name);
    if (strlen(name) < 2 || !strchr(STR_LOWER STR_UPPER, name[0]) ||
        !str_is_made_of(name, STR_ALNUM "_"))
        return diag_error(
            EXIT_VALUE, pos,
            "a variable's name is a letter and then letters, digits and '_', at least "
            "two characters, not '%s'",
            name);
    return true;
}

static bool check_variable(const struct entry *entry)
{
    if (!lambda_variable_check(entry->key->pos, entry->key->text))
        return false;
    if (entry->value->kind < NODE_LIST || node_dynamic(entry->value))
        return true;
    return diag_error(EXIT_VALUE, entry->value->pos, "a variable's value is text, not %s",
                      node_kind_words(entry->value));
}

size_t lambda_environment_size(const struct lambda *lambda)
{
    const struct node *environment = node_get(lambda->settings, "environment");
    size_t size = 0;
    for (size_t i = 0; node_set(environment) && i < environment->count; i++) {
        const struct entry *entry = &environment->entries[i];
        size += strlen(entry->key->text);
        if (node_text(entry->value) && !node_dynamic(entry->value))
            size += strlen(entry->value->text);
    }
    return size;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *environment = node_get(lambda->settings, "environment");
    size_t size = lambda_environment_size(lambda);
    bool ok = true;
    (void)model;
    if (!schema_check_map(environment, "environment"))
        return false;
    for (size_t i = 0; node_set(environment) && i < environment->count; i++)
        ok = check_variable(&environment->entries[i]) && ok;
    if (size > ENVIRONMENT_MAX)
        return diag_error(EXIT_VALUE, environment->pos,
                          "the environment has %zu bytes; Lambda takes %d", size, ENVIRONMENT_MAX);
    return ok;
}

static void write(struct lambda_parts *parts)
{
    const struct node *map = node_get(parts->lambda->settings, "environment");
    if (!map->count)
        return;
    json_t *variables = json_object();
    for (size_t i = 0; i < map->count; i++) {
        json_t *value = cfn_value(map->entries[i].value);
        json_object_set_new(variables, map->entries[i].key->text, value ? value : json_string(""));
    }
    lambda_property(parts->function, "Environment", json_pack("{s:o}", "Variables", variables));
}

const struct lambda_subject lambda_environment = {fields, countof(fields), .check = check,
                                                  .write = write};
