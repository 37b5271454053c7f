#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_async.h"
#include "lambdas/receiver.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Lambda API Reference, "PutFunctionEventInvokeConfig". */
enum { RETRIES_MAX = 2, AGE_MIN = 60, AGE_MAX = 21600 };

static const struct field fields[] = {
    {"dead-letter", FIELD_ANY},
    {"on-failure", FIELD_ANY},
    {"on-success", FIELD_ANY},
    {"retries", FIELD_INT, .max = RETRIES_MAX},
    {"max-event-age", FIELD_INT, .min = AGE_MIN, .max = AGE_MAX, .unit = "seconds"},
};

/* What the settings with receivers take. */
static const struct receiving {
    const char *key, *suffix; /* of the policy's name */
    unsigned takes;
} receivings[] = {
    {"dead-letter", "DeadLetter", RECEIVER_QUEUE | RECEIVER_TOPIC},
    {"on-failure", "OnFailure",
     RECEIVER_QUEUE | RECEIVER_TOPIC | RECEIVER_BUS | RECEIVER_LAMBDA | RECEIVER_BUCKET},
    {"on-success", "OnSuccess", RECEIVER_QUEUE | RECEIVER_TOPIC | RECEIVER_BUS | RECEIVER_LAMBDA},
};

static bool check(const struct model *model, const struct lambda *lambda)
{
    bool ok = true;
    for (size_t i = 0; i < countof(receivings); i++) {
        const struct node *node = node_get(lambda->settings, receivings[i].key);
        if (node_set(node))
            ok = receiver_check(model, node, receivings[i].takes, receivings[i].key) && ok;
    }
    return ok;
}

/* The id of the policy for another lambda. In the role it would be a cycle as soon as two lambdas
 * send to each other. */
static const char *policy_id(const struct lambda_parts *parts, const struct receiving *r)
{
    return arena_printf(parts->model->arena, "%s%sPolicy", parts->lambda->short_id, r->suffix);
}

/* clang-format off */
static json_t *policy_cfn(const struct lambda_parts *parts, const struct receiving *r,
                          json_t *document)
{
    return json_pack("{s:s, s:{s:s, s:o, s:[o]}}",
        "Type", "AWS::IAM::Policy",
        "Properties",
            "PolicyName", policy_id(parts, r),
            "PolicyDocument", document,
            "Roles", cfn_ref(lambda_own_role(parts->model->arena, parts->lambda)));
}
/* clang-format on */

/* Returns the ARN of a receiver, which the role may send to then; NULL if there is none. Adds to
 * `depends` what must be there before Lambda checks this. */
static json_t *send_to(struct lambda_parts *parts, const struct receiving *r, json_t *depends)
{
    const struct node *node = node_get(parts->lambda->settings, r->key);
    json_t *arn = node_set(node) ? receiver_arn(parts->model, node) : NULL;
    if (!arn)
        return NULL;
    const struct node *given = lambda_optional(node);
    json_t *document =
        receiver_policy(parts->model, given, r->takes, receiver_arn(parts->model, given));
    if (!receiver_is_lambda(parts->model, node) || !parts->role) {
        lambda_policy_for(parts, r->suffix, document, node);
        return arn;
    }
    cfn_add(parts->cfn, node->pos, policy_id(parts, r), policy_cfn(parts, r, document));
    json_array_append_new(depends, json_string(policy_id(parts, r)));
    return arn;
}

static bool is_no_value(const json_t *value)
{
    return strcmp(cfn_text(value, "Ref"), "AWS::NoValue") == 0;
}

/* An Fn::If with AWS::NoValue is one of destinations, because a destination needs its ARN. */
static json_t *destination(json_t *arn)
{
    const json_t *arguments = json_object_get(arn, "Fn::If");
    json_t *yes = json_array_get(arguments, 1), *no = json_array_get(arguments, 2);
    if (!arn || is_no_value(arn))
        return arn;
    if (!arguments || (!is_no_value(yes) && !is_no_value(no)))
        return json_pack("{s:o}", "Destination", arn);
    json_t *chosen = json_pack("{s:[O, o, o]}", "Fn::If", json_array_get(arguments, 0),
                               destination(json_incref(yes)), destination(json_incref(no)));
    json_decref(arn);
    return chosen;
}

static json_t *number(const struct node *node)
{
    if (!node_set(node) || node_dynamic(node))
        return cfn_value(node);
    return json_integer(schema_int(node, 0));
}

/* The qualifier is a name, so the alias must be there; but cfn-lint wants no alias in DependsOn
 * that the properties refer to, as of a lambda that sends to itself. */
static json_t *depends_on(const struct lambda *lambda, const json_t *failure, const json_t *success,
                          json_t *policies)
{
    json_t *alias = destination(lambda_alias(lambda));
    if (!(failure && json_equal(failure, alias)) && !(success && json_equal(success, alias)))
        json_array_append_new(policies, json_string(lambda->alias_id));
    json_decref(alias);
    return policies;
}

/* clang-format off */
static json_t *invoke_config(struct lambda_parts *parts)
{
    const struct node *settings = parts->lambda->settings;
    json_t *policies = json_array();
    json_t *failure = destination(send_to(parts, &receivings[1], policies));
    json_t *success = destination(send_to(parts, &receivings[2], policies));
    return json_pack("{s:s, s:o, s:{s:o*, s:o, s:o*, s:o*, s:s}}",
        "Type", "AWS::Lambda::EventInvokeConfig",
        "DependsOn", depends_on(parts->lambda, failure, success, policies),
        "Properties",
            "DestinationConfig", failure || success ? json_pack("{s:o*, s:o*}",
                "OnFailure", failure,
                "OnSuccess", success) : NULL,
            "FunctionName", cfn_ref(parts->lambda->id),
            "MaximumEventAgeInSeconds", number(node_get(settings, "max-event-age")),
            "MaximumRetryAttempts", number(node_get(settings, "retries")),
            "Qualifier", "current");
}
/* clang-format on */

static void write(struct lambda_parts *parts)
{
    const struct lambda *lambda = parts->lambda;
    json_t *letters = send_to(parts, &receivings[0], NULL);
    if (letters)
        lambda_property(parts->function, "DeadLetterConfig",
                        json_pack("{s:o}", "TargetArn", letters));
    for (size_t i = 1; i < countof(fields); i++) {
        const struct node *node = node_get(lambda->settings, fields[i].key);
        if (!node_set(node))
            continue;
        cfn_add(parts->cfn, node->pos,
                arena_printf(parts->model->arena, "%sAsync", lambda->short_id),
                invoke_config(parts));
        return;
    }
}

const struct lambda_subject lambda_async = {fields, countof(fields), .check = check,
                                            .write = write};
