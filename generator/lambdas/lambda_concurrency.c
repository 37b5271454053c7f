#include "lambdas/lambda_concurrency.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* More than any quota of an account; AWS knows the account's own. */
enum { EXECUTIONS_MAX = 1000000 };
/* Application Auto Scaling takes utilizations in this range for Lambda. */
static const double target_min = 0.1, target_max = 0.9, target_default = 0.7;

static const struct field fields[] = {{"concurrency", FIELD_ANY}};

static const struct field map_fields[] = {
    {"reserved", FIELD_INT, .max = EXECUTIONS_MAX},
    {"provisioned", FIELD_INT, .min = 1, .max = EXECUTIONS_MAX},
    {"scaling", FIELD_MAP},
};

static const struct field scaling_fields[] = {
    {"min", FIELD_INT, .min = 1, .max = EXECUTIONS_MAX},
    {"max", FIELD_INT, .required = true, .min = 1, .max = EXECUTIONS_MAX},
    {"target", FIELD_ANY},
};

static const struct field number_field[] = {
    {"concurrency", FIELD_INT, .max = EXECUTIONS_MAX},
};

static bool is_map(const struct node *node)
{
    return node->kind == NODE_MAP && !function_is(node);
}

static const struct node *get(const struct node *concurrency, const char *key)
{
    if (is_map(concurrency))
        return node_get(concurrency, key);
    return strcmp(key, "reserved") == 0 ? concurrency : NULL;
}

/* Reports the first of two numbers that the build knows if it is larger than the second. */
static bool check_order(const struct node *low, const struct node *high, const char *low_key,
                        const char *high_key)
{
    if (!node_set(low) || !node_set(high) || node_dynamic(low) || node_dynamic(high) ||
        schema_int(low, 0) <= schema_int(high, 0))
        return true;
    diag_error(EXIT_RESOURCE, low->pos, "%s is at most %s, %ld, not %ld", low_key, high_key,
               schema_int(high, 0), schema_int(low, 0));
    diag_note(high->pos, "%s is here", high_key);
    return false;
}

static bool check_target(const struct node *target)
{
    if (!node_set(target) || node_dynamic(target))
        return true;
    double value = target->kind == NODE_INT    ? (double)target->integer
                   : target->kind == NODE_REAL ? target->real
                                               : 0;
    if (value >= target_min && value <= target_max)
        return true;
    return diag_error(EXIT_VALUE, target->pos,
                      "target is the utilization that scaling keeps, %.1f to %.1f, not %s",
                      target_min, target_max,
                      node_text(target) ? node_text(target) : node_kind_words(target));
}

static bool check_scaling(const struct node *concurrency, const struct node *place)
{
    const struct node *scaling = get(concurrency, "scaling");
    const struct node *provisioned = get(concurrency, "provisioned");
    if (!schema_check(scaling_fields, countof(scaling_fields), scaling, place, "scaling"))
        return false;
    const struct node *min = node_get(scaling, "min"), *max = node_get(scaling, "max");
    bool ok = check_order(min, max, "min", "max");
    ok = check_order(min, provisioned, "min", "provisioned") && ok;
    ok = check_order(provisioned, max, "provisioned", "max") && ok;
    ok = check_order(max, get(concurrency, "reserved"), "max", "reserved") && ok;
    return check_target(node_get(scaling, "target")) && ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *concurrency = node_get(lambda->settings, "concurrency");
    struct node *wrapped = node_pair(model->arena, concurrency->pos, "concurrency", concurrency);
    if (!is_map(concurrency))
        return schema_check(number_field, countof(number_field), wrapped, concurrency,
                            "concurrency");
    if (!schema_check(map_fields, countof(map_fields), concurrency, concurrency, "concurrency"))
        return false;
    bool ok = check_order(get(concurrency, "provisioned"), get(concurrency, "reserved"),
                          "provisioned", "reserved");
    return (!node_set(get(concurrency, "scaling")) || check_scaling(concurrency, concurrency)) &&
           ok;
}

/* Returns a number, even if it was written as text, or a function; NULL if it is not set. */
static json_t *number(const struct node *node)
{
    if (!node_set(node) || node_dynamic(node))
        return cfn_value(node);
    return json_integer(schema_int(node, 0));
}

/* clang-format off */
static json_t *scalable_target(const struct lambda *lambda, const struct node *scaling)
{
    const struct node *min = node_get(scaling, "min");
    return json_pack("{s:s, s:[s], s:{s:o, s:o, s:o, s:s, s:s}}",
        "Type", "AWS::ApplicationAutoScaling::ScalableTarget",
        "DependsOn", lambda->alias_id,
        "Properties",
            "MinCapacity", node_set(min) ? number(min) : json_integer(1),
            "MaxCapacity", number(node_get(scaling, "max")),
            "ResourceId", cfn_join("", json_pack("[s, o, s]", "function:", cfn_ref(lambda->id),
                                                 ":current")),
            "ScalableDimension", "lambda:function:ProvisionedConcurrency",
            "ServiceNamespace", "lambda");
}

static json_t *scaling_policy(const char *target_id, const struct node *target)
{
    return json_pack("{s:s, s:{s:s, s:s, s:o, s:{s:o, s:{s:s}}}}",
        "Type", "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties",
            "PolicyName", "utilization",
            "PolicyType", "TargetTrackingScaling",
            "ScalingTargetId", cfn_ref(target_id),
            "TargetTrackingScalingPolicyConfiguration",
                "TargetValue", node_set(target) ? cfn_value(target) : json_real(target_default),
                "PredefinedMetricSpecification",
                    "PredefinedMetricType", "LambdaProvisionedConcurrencyUtilization");
}
/* clang-format on */

/* Scaling begins at what the alias has: `provisioned`, or else the minimum. */
static json_t *provisioned(const struct node *concurrency)
{
    const struct node *own = get(concurrency, "provisioned");
    const struct node *scaling = get(concurrency, "scaling"), *min = node_get(scaling, "min");
    if (node_set(own) || !node_set(scaling))
        return number(own);
    return node_set(min) ? number(min) : json_integer(1);
}

static void write(struct lambda_parts *parts)
{
    const struct lambda *lambda = parts->lambda;
    const struct node *concurrency = node_get(lambda->settings, "concurrency");
    const struct node *scaling = get(concurrency, "scaling");
    struct arena *arena = parts->model->arena;
    json_t *executions = provisioned(concurrency);
    lambda_property(parts->function, "ReservedConcurrentExecutions",
                    number(get(concurrency, "reserved")));
    if (executions)
        lambda_property(parts->alias, "ProvisionedConcurrencyConfig",
                        json_pack("{s:o}", "ProvisionedConcurrentExecutions", executions));
    if (!node_set(scaling))
        return;
    const char *id = arena_printf(arena, "%sScaling", lambda->short_id);
    cfn_add(parts->cfn, scaling->pos, id, scalable_target(lambda, scaling));
    cfn_add(parts->cfn, scaling->pos, arena_printf(arena, "%sPolicy", id),
            scaling_policy(id, node_get(scaling, "target")));
}

const struct lambda_subject lambda_concurrency = {fields, countof(fields), .check = check,
                                                  .write = write};
