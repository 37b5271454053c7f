#include <string.h>
#include <strings.h>

#include "callers/event_target.h"
#include "callers/queue_policy.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "lambdas/receiver.h"
#include "lambdas/use_key.h"
#include "resources/steps.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"
#include "template/json_text.h"

/* Limits of EventBridge (API Reference, "Target" and "InputTransformer"). */
enum { TARGET_ID_MAX = 64, PATHS_MAX = 100, PATH_MAX_LENGTH = 256, TEMPLATE_MAX = 8192 };

static const char principal[] = "events.amazonaws.com";

/* What a target may be besides a lambda; and of these, what the rule calls by a role. The others
 * have a policy that lets it. */
enum {
    BY_ROLE = RECEIVER_BUS | RECEIVER_STREAM | RECEIVER_FIREHOSE | RECEIVER_MACHINE,
    TAKES = RECEIVER_QUEUE | RECEIVER_TOPIC | BY_ROLE
};

static const struct field target_fields[] = {
    {"lambda", FIELD_NAME},
    {"target", FIELD_ANY},
    {"input", FIELD_ANY},
    {"input_path", FIELD_TEXT},
    {"input_transformer", FIELD_MAP},
    RETRY_FIELDS,
};

static const struct field transformer_fields[] = {
    {"paths", FIELD_MAP},
    {"template", FIELD_ANY, .required = true},
};

/* What a template may name besides paths (User Guide, "Input transformation"). */
static const char *const given[] = {
    "aws.events.rule-arn", "aws.events.rule-name",  "aws.events.event.ingestion-time",
    "aws.events.event",    "aws.events.event.json",
};

/* Returns `node` if it is a scalar and not empty, or a function; else NULL. */
static const struct node *filled(const struct node *node)
{
    return node_dynamic(node) || (node_text(node) && *node->text) ? node : NULL;
}

void input_check(const struct node *input)
{
    if (!input || input->kind != NODE_STRING || !*input->text || node_dynamic(input))
        return;
    json_t *json = json_loads(input->text, JSON_DECODE_ANY, NULL);
    if (!json)
        diag_warning(input->pos, "this text is not JSON, which AWS requires of an input; write a "
                                 "map or a list, or '\"...\"'");
    json_decref(json);
}

json_t *input_text(const struct node *input)
{
    if (!node_set(input) || (input->kind == NODE_STRING && !*input->text))
        return NULL;
    return input->kind == NODE_STRING || node_dynamic(input)
               ? cfn_value(input)
               : json_text(cfn_convert(input, cfn_ref));
}

static bool check_path(const struct entry *entry)
{
    const char *name = entry->key->text, *path = node_text(entry->value);
    if (!str_is_made_of(name, STR_ALNUM "_-") || strlen(name) > PATH_MAX_LENGTH ||
        strncasecmp(name, "aws", strlen("aws")) == 0)
        return diag_error(EXIT_VALUE, entry->key->pos,
                          "the name of a path has letters, digits, '_' and '-', and does not begin "
                          "with AWS: '%s'",
                          name);
    if (node_dynamic(entry->value))
        return true;
    return (path && *path == '$' && strlen(path) <= PATH_MAX_LENGTH) ||
           diag_error(
               EXIT_VALUE, entry->value->pos,
               "a path into the event begins with '$', as in $.detail.id, and has at most %d "
               "characters",
               PATH_MAX_LENGTH);
}

static bool check_paths(const struct node *paths)
{
    bool ok = true;
    if (!node_set(paths))
        return true;
    if (paths->count > PATHS_MAX)
        ok = diag_error(EXIT_VALUE, paths->pos, "a template has at most %d paths, not %zu",
                        PATHS_MAX, paths->count);
    for (size_t i = 0; i < paths->count; i++)
        ok = check_path(&paths->entries[i]) && ok;
    return ok;
}

/* Warns of each <name> in a text that is no path; it may also be meant as it stands. */
static void check_names(const struct node *text, const struct node *paths)
{
    for (const char *at = strchr(text->text, '<'); at; at = strchr(at + 1, '<')) {
        size_t len = strspn(at + 1, STR_ALNUM "_.-");
        struct arena *arena = arena_new();
        const char *name = arena_strndup(arena, at + 1, len);
        if (len && at[len + 1] == '>' && !node_get(paths, name) &&
            !str_one_of(name, given, countof(given)))
            diag_warning(text->pos, "<%s> is none of the paths, so EventBridge fills in nothing",
                         name);
        arena_free(arena);
    }
}

static void check_template(const struct node *template, const struct node *paths)
{
    if (node_dynamic(template))
        return;
    if (template->kind == NODE_STRING)
        check_names(template, paths);
    for (size_t i = 0; template->kind == NODE_LIST && i < template->count; i++)
        check_template(template->items[i], paths);
    for (size_t i = 0; template->kind == NODE_MAP && i < template->count; i++)
        check_template(template->entries[i].value, paths);
}

static bool check_transformer(const struct node *transformer, const struct node *place)
{
    const struct node *template = node_get(transformer, "template");
    const struct node *paths = node_get(transformer, "paths");
    if (!schema_check(transformer_fields, countof(transformer_fields), transformer, place,
                      "an input transformer") ||
        !check_paths(paths))
        return false;
    check_template(template, paths);
    if (node_dynamic(template) || template->kind != NODE_STRING)
        return true;
    if (!*template->text || strlen(template->text) > TEMPLATE_MAX)
        return diag_error(EXIT_VALUE, template->pos, "a template has 1 to %d characters",
                          TEMPLATE_MAX);
    if (!strchr("\"{[<", template->text[strspn(template->text, " \n")]))
        diag_warning(template->pos, "a lambda takes JSON; write a map or a list, or '\"...\"'");
    return true;
}

/* A target has an input, a path into the event, or a template. */
static bool check_input(const struct node *settings)
{
    static const char *const keys[] = {"input", "input_path", "input_transformer"};
    const struct node *first = NULL;
    for (size_t i = 0; i < countof(keys); i++) {
        const struct node *node = node_get(settings, keys[i]);
        if (!node_set(node) || (i == 1 && !filled(node)))
            continue;
        if (first)
            return diag_error(EXIT_RESOURCE, node->pos,
                              i == 1 ? "a target has an 'input' or an 'input_path', not both"
                                     : "a target has one of 'input', 'input_path' and "
                                       "'input_transformer'");
        first = node;
    }
    const struct node *path = filled(node_get(settings, "input_path"));
    if (path && !node_dynamic(path) && *path->text != '$')
        return diag_error(EXIT_VALUE, path->pos,
                          "input_path begins with $, as in $.detail, unlike '%s'", path->text);
    input_check(node_get(settings, "input"));
    const struct node *transformer = node_get(settings, "input_transformer");
    return !node_set(transformer) || check_transformer(transformer, transformer);
}

bool retry_check(const struct model *model, const struct node *settings)
{
    const struct node *letters = node_get(settings, "dead_letter");
    return !node_set(letters) || receiver_check(model, letters, RECEIVER_QUEUE, "dead_letter");
}

json_t *retry_policy(const struct node *settings)
{
    const struct node *retries = node_get(settings, "retries"),
                      *age = node_get(settings, "max_age");
    if (!node_set(retries) && !node_set(age))
        return NULL;
    return json_pack("{s:o*, s:o*}", "MaximumEventAgeInSeconds", cfn_optional_int(age),
                     "MaximumRetryAttempts", cfn_optional_int(retries));
}

json_t *retry_letters(const struct model *model, const struct node *settings)
{
    const struct node *letters = node_get(settings, "dead_letter");
    return node_set(letters) ? json_pack("{s:o}", "Arn", receiver_arn(model, letters)) : NULL;
}

static bool check_target_id(const struct node *key, const char *id)
{
    if (!str_is_made_of(id, STR_ALNUM "._-"))
        return diag_error(
            EXIT_VALUE, key->pos,
            "the name of this target becomes its id, which has letters, digits and . _ -, not "
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

/* Whether another target of the rule has the id: that of a lambda may look like it. */
static bool check_id_once(const struct rule *rule, const struct entry *entry, const char *id)
{
    for (size_t i = 0; i < rule->ntargets; i++)
        if (strcmp(rule->targets[i].id, id) == 0)
            return diag_error(EXIT_DUPLICATE, entry->key->pos,
                              "two targets of this event get the id '%s'; rename one", id);
    return true;
}

/* A target that is no lambda: its name is its id. */
static bool read_other(struct model *model, struct rule *rule, const struct entry *entry,
                       struct target target)
{
    const struct node *to = node_get(entry->value, "target");
    if (!receiver_check(model, to, TAKES, "target"))
        return false;
    if (!receiver_kind(model, to))
        return diag_error(EXIT_VALUE, to->pos,
                          "only CloudFormation knows what this is; say it, as in target: {queue: "
                          "ref://Jobs}");
    target.to = to;
    target.id = entry->key->text;
    bool ok = check_id_once(rule, entry, target.id);
    array_push(model->arena, rule->targets, rule->ntargets, target);
    return check_target_id(entry->key, target.id) && ok;
}

bool target_read(struct model *model, struct rule *rule, const char *name,
                 const struct entry *entry)
{
    struct target target = {.settings = entry->value};
    if (!schema_check(target_fields, countof(target_fields), entry->value, entry->key, "a target"))
        return false;
    bool ok = check_input(entry->value);
    ok = retry_check(model, entry->value) && ok;
    bool lambda = node_set(node_get(entry->value, "lambda"));
    if (lambda == node_set(node_get(entry->value, "target")))
        return diag_error(lambda ? EXIT_RESOURCE : EXIT_REQUIRED, entry->key->pos,
                          lambda ? "a target has a 'lambda' or a 'target', not both"
                                 : "a target needs the setting 'lambda', or 'target' for something "
                                   "else");
    if (!lambda)
        return read_other(model, rule, entry, target) && ok;
    target.lambda = lambda_find(model, node_get(entry->value, "lambda"));
    if (!target.lambda)
        return false;
    set_ids(model->arena, rule, name, entry->key->text, &target);
    array_push(model->arena, rule->targets, rule->ntargets, target);
    return check_target_id(entry->key, target.id) && ok;
}

static bool by_role(const struct model *model, const struct target *target)
{
    return target->to && (receiver_kind(model, target->to) & BY_ROLE);
}

static const char *role_id(struct arena *arena, const struct rule *rule)
{
    return arena_printf(arena, "%sRole", rule->id);
}

/* clang-format off */
static json_t *transformer_cfn(const struct node *transformer)
{
    if (!node_set(transformer))
        return NULL;
    return json_pack("{s:o*, s:o}",
        "InputPathsMap", cfn_convert(node_get(transformer, "paths"), cfn_ref),
        "InputTemplate", input_text(node_get(transformer, "template")));
}

json_t *target_cfn(const struct model *model, const struct rule *rule, const struct target *target)
{
    const struct node *settings = target->settings;
    const char *role = by_role(model, target) ? role_id(model->arena, rule) : NULL;
    return json_pack("{s:o, s:o*, s:s, s:o*, s:o*, s:o*, s:o*, s:o*}",
        "Arn", target->to ? receiver_arn(model, target->to) : lambda_alias(target->lambda),
        "DeadLetterConfig", retry_letters(model, settings),
        "Id", target->id,
        "Input", input_text(node_get(settings, "input")),
        "InputPath", cfn_value(filled(node_get(settings, "input_path"))),
        "InputTransformer", transformer_cfn(node_get(settings, "input_transformer")),
        "RetryPolicy", retry_policy(settings),
        "RoleArn", role ? cfn_att(role, "Arn") : NULL);
}

static json_t *role_cfn(json_t *policies)
{
    return json_pack("{s:s, s:{s:o, s:o}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role(principal),
            "Policies", policies);
}
/* clang-format on */

/* Adds the right to send to a target, and to use its keys. */
static void add_policies(const struct model *model, const struct target *target, json_t *policies)
{
    const struct declared *resource = receiver_resource(model, target->to);
    json_t *keys = resource ? use_keys_of(model, resource, target->to->pos, NULL) : NULL;
    json_t *document = receiver_policy(model, target->to, TAKES, receiver_arn(model, target->to));
    if (json_array_size(keys))
        json_array_append_new(json_object_get(document, "Statement"),
                              json_pack("{s:s, s:[s, s], s:O}", "Effect", "Allow", "Action",
                                        "kms:Decrypt", "kms:GenerateDataKey", "Resource", keys));
    json_decref(keys);
    json_array_append_new(
        policies, json_pack("{s:s, s:o}", "PolicyName", target->id, "PolicyDocument", document));
}

void targets_role_write(const struct model *model, struct steps *steps, const struct node *key,
                        const struct rule *rule)
{
    json_t *policies = json_array();
    for (size_t i = 0; i < rule->ntargets; i++)
        if (by_role(model, &rule->targets[i]))
            add_policies(model, &rule->targets[i], policies);
    if (json_array_size(policies))
        cfn_add(&steps->cfn[STEP_RESOURCES], key->pos, role_id(model->arena, rule),
                role_cfn(json_incref(policies)));
    json_decref(policies);
}

void target_write(const struct model *model, struct steps *steps, const struct node *key,
                  const struct rule *rule, const struct target *target)
{
    const struct node *letters = node_get(target->settings, "dead_letter");
    if (target->to && !by_role(model, target))
        queue_policy_allow(model, steps, target->to, principal, cfn_att(rule->id, "Arn"));
    if (target->permission_id)
        cfn_add(&steps->cfn[STEP_RESOURCES], key->pos, target->permission_id,
                invoke_permission(target->lambda, principal, cfn_att(rule->id, "Arn")));
    if (node_set(letters))
        queue_policy_allow(model, steps, letters, principal, cfn_att(rule->id, "Arn"));
}
