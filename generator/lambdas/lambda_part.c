#include "lambdas/lambda_part.h"
#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "settings/node.h"
#include "template/cfn.h"

void lambda_property(json_t *resource, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(json_object_get(resource, "Properties"), name, value);
}

json_t *lambda_policy_value(const struct lambda_parts *parts, const char *suffix, json_t *document)
{
    const char *name = arena_printf(parts->model->arena, "%s%s", parts->lambda->short_id, suffix);
    return json_pack("{s:s, s:o}", "PolicyName", name, "PolicyDocument", document);
}

void lambda_add_policy(struct lambda_parts *parts, json_t *policy)
{
    json_t *properties = json_object_get(parts->role, "Properties");
    json_t *policies = json_object_get(properties, "Policies");
    if (!properties) {
        json_decref(policy);
        return;
    }
    if (!policies)
        json_object_set_new(properties, "Policies", policies = json_array());
    json_array_append_new(policies, policy);
}

void lambda_policy(struct lambda_parts *parts, const char *suffix, json_t *document)
{
    lambda_add_policy(parts, lambda_policy_value(parts, suffix, document));
}

const struct node *lambda_optional(const struct node *node)
{
    const struct node *const *branches = function_branches(node);
    if (!branches || node_is_no_value(branches[0]) == node_is_no_value(branches[1]))
        return node;
    return branches[node_is_no_value(branches[0])];
}

void lambda_policy_for(struct lambda_parts *parts, const char *suffix, json_t *document,
                       const struct node *resource)
{
    const struct node *const *branches = function_branches(resource);
    json_t *policy = lambda_policy_value(parts, suffix, document);
    bool yes = branches && lambda_optional(resource) == branches[0];
    if (lambda_optional(resource) != resource)
        policy = json_pack(
            "{s:[o, o, o]}", "Fn::If", cfn_value(resource->entries[0].value->items[0]),
            yes ? policy : cfn_ref("AWS::NoValue"), yes ? cfn_ref("AWS::NoValue") : policy);
    lambda_add_policy(parts, policy);
}

void lambda_allow(struct lambda_parts *parts, const char *suffix, json_t *actions, json_t *resource)
{
    lambda_policy(parts, suffix,
                  json_pack("{s:s, s:[{s:s, s:o, s:o}]}", "Version", "2012-10-17", "Statement",
                            "Effect", "Allow", "Action", actions, "Resource", resource));
}

void lambda_warn_role(const struct lambda *lambda, const struct node *value, const char *key)
{
    const struct node *role = node_get(lambda->settings, "role");
    if (!node_set(role))
        return;
    diag_warning(value->pos,
                 "'%s' does nothing here: it is for a role that Gordon makes, and this lambda "
                 "names another one",
                 key);
    diag_note(role->pos, "the role is here");
}
