#include <stdlib.h>
#include <string.h>

#include "callers/alb.h"
#include "callers/alb_condition.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Elastic Load Balancing API Reference, "CreateRule" and "CreateTargetGroup"; the defaults are
 * those of targets that are lambdas. */
enum { PRIORITY_MAX = 50000, INTERVAL_DEFAULT = 35, TIMEOUT_DEFAULT = 30 };

static const struct field target_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"listener", FIELD_TEXT},
    {"priority", FIELD_INT, .min = 1, .max = PRIORITY_MAX},
    {"conditions", FIELD_MAP},
    {"authenticate", FIELD_MAP},
    {"multi_value_headers", FIELD_FLAG},
    {"health_check", FIELD_ANY},
    {"rule", FIELD_MAP},
    VERBATIM_FIELDS,
};

static const struct field rule_fields[] = {VERBATIM_FIELDS};

static const struct field health_fields[] = {
    {"path", FIELD_TEXT},
    {"interval", FIELD_INT, .min = 5, .max = 300, .unit = "seconds"},
    {"timeout", FIELD_INT, .min = 2, .max = 120, .unit = "seconds"},
    {"healthy_threshold", FIELD_INT, .min = 2, .max = 10},
    {"unhealthy_threshold", FIELD_INT, .min = 2, .max = 10},
    {"codes", FIELD_TEXT},
};

/* Seconds: seven days. */
enum { SESSION_MAX = 604800 };

static const char *const unauthenticated[] = {"deny", "allow", "authenticate", NULL};

/* clang-format off */
#define SESSION_FIELDS                                                                             \
    {"AuthenticationRequestExtraParams", FIELD_TEXT_MAP},                                          \
    {"OnUnauthenticatedRequest", FIELD_CHOICE, .choices = unauthenticated},                        \
    {"Scope", FIELD_TEXT, .filled = true}, {"SessionCookieName", FIELD_TEXT, .filled = true},      \
    {"SessionTimeout", FIELD_INT, .min = 1, .max = SESSION_MAX, .unit = "seconds"}
/* clang-format on */

static const struct field cognito_fields[] = {
    {"UserPoolArn", FIELD_TEXT, .required = true, .filled = true},
    {"UserPoolClientId", FIELD_TEXT, .required = true, .filled = true},
    {"UserPoolDomain", FIELD_TEXT, .required = true, .filled = true},
    SESSION_FIELDS,
};

static const struct field oidc_fields[] = {
    {"Issuer", FIELD_TEXT, .required = true, .filled = true},
    {"AuthorizationEndpoint", FIELD_TEXT, .required = true, .filled = true},
    {"TokenEndpoint", FIELD_TEXT, .required = true, .filled = true},
    {"UserInfoEndpoint", FIELD_TEXT, .required = true, .filled = true},
    {"ClientId", FIELD_TEXT, .required = true, .filled = true},
    {"ClientSecret", FIELD_TEXT, .filled = true},
    {"UseExistingClientSecret", FIELD_FLAG},
    SESSION_FIELDS,
};

static const struct field jwt_fields[] = {
    {"Issuer", FIELD_TEXT, .required = true, .filled = true},
    {"JwksEndpoint", FIELD_TEXT, .required = true, .filled = true},
    {"AdditionalClaims", FIELD_LIST},
};

/* What a listener does before it forwards: the key of `authenticate` in CloudFormation's words,
 * what stands under it, and the type of the action. */
static const struct authentication {
    const char *config, *type;
    const struct field *fields;
    size_t nfields;
} authentications[] = {
    {"AuthenticateCognitoConfig", "authenticate-cognito", cognito_fields, countof(cognito_fields)},
    {"AuthenticateOidcConfig", "authenticate-oidc", oidc_fields, countof(oidc_fields)},
    {"JwtValidationConfig", "jwt-validation", jwt_fields, countof(jwt_fields)},
};

struct target {
    const char *group_id, *rule_id; /* "{Name}TargetGroup", "{Name}ListenerRule" */
    const struct lambda *lambda;
    const struct node *listener;                 /* or NULL: there is no rule */
    const struct authentication *authentication; /* or NULL */
};

static bool check_listener(const struct model *model, const struct node *listener)
{
    static const char *const types[] = {"AWS::ElasticLoadBalancingV2::Listener", NULL};
    if (!reference_check(model, listener, types, "a listener of a load balancer"))
        return false;
    const char *resource = arn_resource(listener->text, "elasticloadbalancing");
    return node_dynamic(listener) || (resource && str_starts(resource, "listener/app/")) ||
           diag_error(EXIT_VALUE, listener->pos,
                      "listener must be a ref or the ARN of a listener of an Application Load "
                      "Balancer, arn:aws:elasticloadbalancing:<region>:<account>:listener/app/..., "
                      "not '%s'",
                      listener->text);
}

/* "200", "200-299" or "200,202". */
static bool are_codes(const char *text)
{
    for (;; text++) {
        if (strspn(text, STR_DIGITS) != 3)
            return false;
        text += 3;
        if (!*text)
            return true;
        if (*text != ',' && *text != '-')
            return false;
    }
}

static bool check_health(const struct node *health)
{
    if (!node_set(health) || health->kind == NODE_BOOL)
        return true;
    if (health->kind != NODE_MAP || function_is(health))
        return diag_error(EXIT_VALUE, health->pos,
                          "health_check is true or a map of settings, not %s",
                          node_kind_words(health));
    if (!schema_check(health_fields, countof(health_fields), health, health, "a health check"))
        return false;
    const struct node *path = node_get(health, "path"), *timeout = node_get(health, "timeout");
    const struct node *interval = node_get(health, "interval"), *codes = node_get(health, "codes");
    bool ok = true;
    if (node_set(path) && !node_dynamic(path) && *path->text != '/')
        ok = diag_error(EXIT_VALUE, path->pos, "the path of a health check begins with /, not '%s'",
                        path->text);
    if (node_set(codes) && !node_dynamic(codes) && !are_codes(codes->text))
        ok = diag_error(EXIT_VALUE, codes->pos,
                        "codes are those of HTTP, as in 200 or 200-299 or 200,202, not '%s'",
                        codes->text);
    if (!node_dynamic(timeout) && !node_dynamic(interval) &&
        schema_int(timeout, TIMEOUT_DEFAULT) >= schema_int(interval, INTERVAL_DEFAULT))
        ok = diag_error(EXIT_RESOURCE, node_set(timeout) ? timeout->pos : interval->pos,
                        "the timeout of a health check, %ld seconds, must be less than its "
                        "interval, %ld seconds",
                        schema_int(timeout, TIMEOUT_DEFAULT),
                        schema_int(interval, INTERVAL_DEFAULT));
    return ok;
}

static bool read_authentication(const struct node *node, struct target *target)
{
    if (!node_set(node))
        return true;
    for (size_t i = 0; i < countof(authentications) && node->count == 1; i++)
        if (strcmp(node->entries[0].key->text, authentications[i].config) == 0)
            target->authentication = &authentications[i];
    const struct authentication *how = target->authentication;
    const struct node *value = how ? node->entries[0].value : NULL;
    if (!how || value->kind != NODE_MAP)
        return diag_error(EXIT_VALUE, node->pos,
                          "authenticate is AuthenticateCognitoConfig, AuthenticateOidcConfig or "
                          "JwtValidationConfig with a map, in CloudFormation's words");
    return function_is(value) ||
           schema_check(how->fields, how->nfields, value, node->entries[0].key, how->config);
}

/* Reports what only a rule has, if there is no listener for one. */
static bool check_alone(const struct resource *resource)
{
    static const char *const keys[] = {"priority", "conditions", "authenticate", "rule"};
    bool ok = true;
    for (size_t i = 0; i < countof(keys); i++) {
        const struct node *value = node_get(resource->settings, keys[i]);
        if (node_set(value))
            ok = diag_error(EXIT_RESOURCE, value->pos,
                            "%s is for a rule, and a rule needs a 'listener'", keys[i]);
    }
    return ok;
}

/* Whether two values are the same in a template. */
static bool is_same(const struct node *a, const struct node *b)
{
    json_t *x = cfn_value(a), *y = cfn_value(b);
    bool same = x && y && json_equal(x, y);
    json_decref(x), json_decref(y);
    return same;
}

/* A listener has one rule of a priority. */
static bool check_priority(const struct model *model, const struct resource *resource)
{
    const struct target *target = resource->data;
    const struct node *priority = node_get(resource->settings, "priority");
    for (size_t i = 0; i < model->count && !node_dynamic(priority); i++) {
        const struct resource *other = model->resources[i];
        const struct target *before = other->data;
        const struct node *taken = node_get(other->settings, "priority");
        if (other == resource || other->kind != &alb_kind || !before || !before->listener ||
            node_dynamic(taken) || verbatim_condition(other->settings) ||
            verbatim_condition(node_get(other->settings, "rule")) ||
            schema_int(taken, 0) != schema_int(priority, 0) ||
            !is_same(before->listener, target->listener))
            continue;
        diag_error(EXIT_DUPLICATE, priority->pos,
                   "two rules of this listener have the priority %ld; each has its own",
                   schema_int(priority, 0));
        diag_note(taken->pos, "the other one is here");
        return false;
    }
    return true;
}

static bool read_rule(const struct model *model, const struct resource *resource,
                      struct target *target)
{
    static const char *const required[] = {"priority", "conditions"};
    const struct node *settings = resource->settings;
    bool ok = true;
    if (!target->listener)
        return check_alone(resource);
    for (size_t i = 0; i < countof(required); i++)
        if (!node_set(node_get(settings, required[i])))
            ok = diag_error(EXIT_REQUIRED, resource->key->pos,
                            "a rule of a listener needs the setting '%s'", required[i]);
    if (!ok)
        return false;
    const struct node *rule = node_get(settings, "rule");
    ok = check_listener(model, target->listener);
    ok = schema_check(rule_fields, countof(rule_fields), rule, rule, "a rule") &&
         verbatim_check(rule) && ok;
    ok = alb_conditions_check(node_get(settings, "conditions")) && ok;
    ok = read_authentication(node_get(settings, "authenticate"), target) && ok;
    return check_priority(model, resource) && ok;
}

static bool target_read(struct model *model, struct resource *resource)
{
    struct target *target = arena_alloc(model->arena, sizeof *target);
    const struct node *settings = resource->settings;
    if (!schema_check(target_fields, countof(target_fields), settings, resource->key,
                      "a target of a load balancer"))
        return false;
    const char *name = resource_app_id(model, resource);
    if (!name)
        return false;
    const struct node *listener = node_get(settings, "listener");
    *target = (struct target){
        .group_id = arena_printf(model->arena, "%sTargetGroup", name),
        .rule_id = arena_printf(model->arena, "%sListenerRule", name),
        .lambda = lambda_find(model, node_get(settings, "lambda")),
        .listener = node_set(listener) ? listener : NULL,
    };
    resource->data = target;
    bool ok = verbatim_check(settings);
    ok = check_health(node_get(settings, "health_check")) && ok;
    return read_rule(model, resource, target) && target->lambda && ok;
}

/* clang-format off */
/* The group has its targets when it is made, and Elastic Load Balancing refuses a lambda that it may
 * not call. So the permission comes first, and is for the account's groups: the ARN of this one is
 * not known yet. */
static json_t *group_cfn(const struct target *target, const char *permission_id, bool multi_value)
{
    return json_pack("{s:s, s:[s], s:{s:s, s:[{s:o}], s:[{s:s, s:s}]}}",
        "Type", "AWS::ElasticLoadBalancingV2::TargetGroup",
        "DependsOn", permission_id,
        "Properties",
            "TargetType", "lambda",
            "Targets", "Id", lambda_alias(target->lambda),
            "TargetGroupAttributes",
                "Key", "lambda.multi_value_headers.enabled",
                "Value", multi_value ? "true" : "false");
}

static json_t *rule_cfn(const struct model *model, const struct node *settings,
                        const struct target *target, json_t *actions)
{
    return json_pack("{s:s, s:{s:o, s:o, s:o, s:o}}",
        "Type", "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Properties",
            "Actions", actions,
            "Conditions", alb_conditions_cfn(node_get(settings, "conditions")),
            "ListenerArn", reference_value(model, target->listener, WANT_ARN),
            "Priority", cfn_int(node_get(settings, "priority")));
}
/* clang-format on */

static json_t *optional_text(const struct node *node)
{
    return node_set(node) && !node_dynamic(node) ? json_string(node->text) : cfn_value(node);
}

static void add_health(json_t *properties, const struct node *health)
{
    json_t *codes = optional_text(node_get(health, "codes"));
    if (!node_set(health))
        return;
    bool enabled = health->kind != NODE_BOOL || health->boolean;
    json_object_update_new(
        properties,
        json_pack("{s:b, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*}", "HealthCheckEnabled", enabled,
                  "HealthCheckPath", cfn_value(node_get(health, "path")),
                  "HealthCheckIntervalSeconds", cfn_optional_int(node_get(health, "interval")),
                  "HealthCheckTimeoutSeconds", cfn_optional_int(node_get(health, "timeout")),
                  "HealthyThresholdCount", cfn_optional_int(node_get(health, "healthy_threshold")),
                  "UnhealthyThresholdCount",
                  cfn_optional_int(node_get(health, "unhealthy_threshold")), "Matcher",
                  codes ? json_pack("{s:o}", "HttpCode", codes) : NULL));
}

static json_t *actions_cfn(const struct target *target, const struct node *authenticate)
{
    const struct authentication *how = target->authentication;
    json_t *forward =
        json_pack("{s:s, s:o}", "Type", "forward", "TargetGroupArn", cfn_ref(target->group_id));
    if (!how)
        return json_pack("[o]", forward);
    json_object_set_new(forward, "Order", json_integer(2));
    return json_pack("[{s:s, s:i, s:o}, o]", "Type", how->type, "Order", 1, how->config,
                     cfn_value(authenticate->entries[0].value), forward);
}

static void target_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    const struct target *target = resource->data;
    const struct node *settings = resource->settings;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    const char *permission_id = arena_printf(model->arena, "%sPermission", target->group_id);
    cfn_add(cfn, pos, permission_id,
            invoke_permission(target->lambda, "elasticloadbalancing.amazonaws.com",
                              cfn_sub("arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:"
                                      "${AWS::AccountId}:targetgroup/*")));
    json_t *group = group_cfn(target, permission_id,
                              schema_flag(node_get(settings, "multi_value_headers"), false));
    add_health(json_object_get(group, "Properties"), node_get(settings, "health_check"));
    cfn_add(cfn, pos, target->group_id, verbatim_merge(group, settings));
    if (target->listener)
        cfn_add(cfn, pos, target->rule_id,
                verbatim_merge(rule_cfn(model, settings, target,
                                        actions_cfn(target, node_get(settings, "authenticate"))),
                               node_get(settings, "rule")));
}

const struct kind alb_kind = {"alb", .read = target_read, .write = target_write};
