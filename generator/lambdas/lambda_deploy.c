#include "lambdas/lambda_deploy.h"
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { ALARMS_MAX = 10 }; /* of a deployment group (CodeDeploy quotas) */

/* All lambdas share one application and one role. */
static const char application_id[] = "CodeDeployApplication", role_id[] = "CodeDeployRole";

static const struct field fields[] = {{"deploy", FIELD_ANY}};

static const struct field deploy_fields[] = {
    {"type", FIELD_TEXT, .required = true},
    {"alarms", FIELD_TEXTS},
    {"pre", FIELD_NAME},
    {"post", FIELD_NAME},
};

/* The configurations that CodeDeploy has for Lambda, without "CodeDeployDefault.Lambda" (CodeDeploy
 * User Guide, "Predefined deployment configurations for an AWS Lambda compute platform"). */
static const char at_once[] = "AllAtOnce";
static const char *const types[] = {
    at_once,
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
};

static const struct node *get(const struct node *deploy, const char *key)
{
    if (deploy->kind == NODE_MAP && !node_dynamic(deploy))
        return node_get(deploy, key);
    return strcmp(key, "type") == 0 ? deploy : NULL;
}

/* Returns the type as CodeDeploy writes it, for a word in any case, also with '-' in it; or NULL.
 */
static const char *type_of(const struct node *type)
{
    const char *text = node_text(type);
    char word[64];
    size_t n = 0;
    for (; text && *text && n + 1 < sizeof word; text++)
        if (*text != '-')
            word[n++] = *text;
    word[n] = '\0';
    if (strcasecmp(word, "AtOnce") == 0)
        return at_once;
    for (size_t i = 0; i < countof(types); i++)
        if (strcasecmp(word, types[i]) == 0)
            return types[i];
    return NULL;
}

static bool check_type(const struct node *type)
{
    if (node_dynamic(type) || type_of(type))
        return true;
    return diag_error(EXIT_VALUE, type->pos,
                      "deploy is at-once, canary10percent5minutes (or 10, 15, 30), "
                      "linear10percentevery1minute (or 2minutes, 3minutes, 10minutes), or a ref to "
                      "the name of another configuration, not %s",
                      node_text(type) ? type->text : node_kind_words(type));
}

static size_t count(const struct node *alarms)
{
    if (!node_set(alarms))
        return 0;
    return alarms->kind == NODE_LIST ? alarms->count : 1;
}

static const struct node *alarm_at(const struct node *alarms, size_t i)
{
    return alarms->kind == NODE_LIST ? alarms->items[i] : alarms;
}

static bool check_alarms(const struct model *model, const struct node *alarms)
{
    static const char *const wanted[] = {"AWS::CloudWatch::Alarm",
                                         "AWS::CloudWatch::CompositeAlarm", NULL};
    bool ok = true;
    if (count(alarms) > ALARMS_MAX)
        ok = diag_error(EXIT_VALUE, alarms->pos, "CodeDeploy takes at most %d alarms, not %zu",
                        ALARMS_MAX, count(alarms));
    for (size_t i = 0; i < count(alarms); i++) {
        const struct node *alarm = alarm_at(alarms, i);
        ok = reference_check(model, alarm, wanted, "an alarm") && ok;
        if (str_starts(alarm->text, "arn:"))
            ok = diag_error(EXIT_VALUE, alarm->pos, "an alarm is a name or a ref, not an ARN");
    }
    return ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *deploy = node_get(lambda->settings, "deploy");
    if (get(deploy, "type") != deploy &&
        !schema_check(deploy_fields, countof(deploy_fields), deploy, deploy, "deploy"))
        return false;
    bool ok = check_type(get(deploy, "type"));
    return check_alarms(model, get(deploy, "alarms")) && ok;
}

/* Whether CodeDeploy has something to do: at once without alarms and hooks is what CloudFormation
 * does by itself. */
static bool needs_codedeploy(const struct node *deploy)
{
    return type_of(get(deploy, "type")) != at_once || count(get(deploy, "alarms")) ||
           node_set(get(deploy, "pre")) || node_set(get(deploy, "post"));
}

/* clang-format off */
static json_t *application(void)
{
    return json_pack("{s:s, s:{s:s}}",
        "Type", "AWS::CodeDeploy::Application",
        "Properties",
            "ComputePlatform", "Lambda");
}

static json_t *role(void)
{
    return json_pack("{s:s, s:{s:o, s:[o]}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role("codedeploy.amazonaws.com"),
            "ManagedPolicyArns", cfn_sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"
                                         "AWSCodeDeployRoleForLambda"));
}
/* clang-format on */

/* Adds a resource (stolen) that all lambdas share, once; it exists whatever the condition of this
 * lambda is. */
static void add_shared(struct cfn *cfn, struct pos pos, const char *id, json_t *resource)
{
    const char *condition = cfn->condition;
    cfn->condition = NULL;
    if (json_equal(json_object_get(cfn->resources, id), resource))
        json_decref(resource);
    else
        cfn_add(cfn, pos, id, resource);
    cfn->condition = condition;
}

static json_t *alarms_json(const struct model *model, const struct node *alarms)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count(alarms); i++)
        json_array_append_new(
            list,
            json_pack("{s:o}", "Name", reference_value(model, alarm_at(alarms, i), WANT_NAME)));
    return json_pack("{s:o, s:b}", "Alarms", list, "Enabled", 1);
}

/* clang-format off */
static json_t *group(const struct model *model, const struct node *deploy)
{
    const char *type = type_of(get(deploy, "type"));
    const struct node *alarms = get(deploy, "alarms");
    return json_pack("{s:s, s:{s:o*, s:o, s:{s:b, s:[s, s, s]}, s:o, s:{s:s, s:s}, s:o}}",
        "Type", "AWS::CodeDeploy::DeploymentGroup",
        "Properties",
            "AlarmConfiguration", count(alarms) ? alarms_json(model, alarms) : NULL,
            "ApplicationName", cfn_ref(application_id),
            "AutoRollbackConfiguration",
                "Enabled", 1,
                "Events", "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM",
                    "DEPLOYMENT_STOP_ON_REQUEST",
            "DeploymentConfigName", type ? json_sprintf("CodeDeployDefault.Lambda%s", type)
                                         : cfn_value(get(deploy, "type")),
            "DeploymentStyle",
                "DeploymentOption", "WITH_TRAFFIC_CONTROL",
                "DeploymentType", "BLUE_GREEN",
            "ServiceRoleArn", cfn_att(role_id, "Arn"));
}

static json_t *policy(const char *name, const char *role, const char *action, json_t *resource)
{
    return json_pack("{s:s, s:{s:s, s:{s:s, s:[{s:s, s:s, s:o}]}, s:[o]}}",
        "Type", "AWS::IAM::Policy",
        "Properties",
            "PolicyName", name,
            "PolicyDocument",
                "Version", "2012-10-17",
                "Statement",
                    "Effect", "Allow",
                    "Action", action,
                    "Resource", resource,
            "Roles", cfn_ref(role));
}
/* clang-format on */

/* A lambda that CodeDeploy calls before or after the traffic moves. */
struct hook {
    const char *key, *suffix, *property;
};

static const struct hook hooks[] = {
    {"pre", "DeployPre", "BeforeAllowTrafficHook"},
    {"post", "DeployPost", "AfterAllowTrafficHook"},
};

/* Adds a policy, which the alias needs before it moves. */
static void add_policy(struct lambda_parts *parts, const char *id, struct pos pos, json_t *policy)
{
    json_t *depends = json_object_get(parts->alias, "DependsOn");
    if (!depends)
        json_object_set_new(parts->alias, "DependsOn", depends = json_array());
    json_array_append_new(depends, json_string(id));
    cfn_add(parts->cfn, pos, id, policy);
}

/* Returns the Ref to a hook's function, which CodeDeploy may call then, and which may tell
 * CodeDeploy its result; NULL if there is none. */
static json_t *write_hook(struct lambda_parts *parts, const struct hook *hook, const char *group_id)
{
    struct arena *arena = parts->model->arena;
    const struct node *name = get(node_get(parts->lambda->settings, "deploy"), hook->key);
    const struct lambda *called = node_set(name) ? lambda_find(parts->model, name) : NULL;
    if (!called)
        return NULL;
    const char *id = arena_printf(arena, "%s%s", parts->lambda->short_id, hook->suffix);
    const char *call_id = arena_printf(arena, "%sCallPolicy", id),
               *role = lambda_own_role(arena, called);
    const char *tell_id = arena_printf(arena, "%sTellPolicy", id);
    add_policy(parts, call_id, name->pos,
               policy(call_id, role_id, "lambda:InvokeFunction", cfn_att(called->id, "Arn")));
    if (role)
        add_policy(parts, tell_id, name->pos,
                   policy(tell_id, role, "codedeploy:PutLifecycleEventHookExecutionStatus",
                          cfn_sub(arena_printf(
                              arena,
                              "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}"
                              ":deploymentgroup:${%s}/${%s}",
                              application_id, group_id))));
    return cfn_ref(called->id);
}

static void write(struct lambda_parts *parts)
{
    const struct node *deploy = node_get(parts->lambda->settings, "deploy");
    const char *id =
        arena_printf(parts->model->arena, "%sDeploymentGroup", parts->lambda->short_id);
    if (!needs_codedeploy(deploy))
        return;
    add_shared(parts->cfn, deploy->pos, application_id, application());
    add_shared(parts->cfn, deploy->pos, role_id, role());
    cfn_add(parts->cfn, deploy->pos, id, group(parts->model, deploy));
    json_t *update = json_pack("{s:o, s:o}", "ApplicationName", cfn_ref(application_id),
                               "DeploymentGroupName", cfn_ref(id));
    for (size_t i = 0; i < countof(hooks); i++) {
        json_t *called = write_hook(parts, &hooks[i], id);
        if (called)
            json_object_set_new(update, hooks[i].property, called);
    }
    json_object_set_new(parts->alias, "UpdatePolicy",
                        json_pack("{s:o}", "CodeDeployLambdaAliasUpdate", update));
}

const struct lambda_subject lambda_deploy = {fields, countof(fields), .check = check,
                                             .write = write};
