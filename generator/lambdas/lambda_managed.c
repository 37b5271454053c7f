#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_managed.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"
#include "template/managed_policy.h"

static const struct field fields[] = {{"managed-policies", FIELD_ANY},
                                      {"permissions-boundary", FIELD_TEXT}};

static const char *const types[] = {"AWS::IAM::ManagedPolicy", NULL};

enum { MANAGED_MAX = 25, MANAGED_NAME_MAX = 128 }; /* the highest quotas of IAM */

static bool is_arn(const char *text)
{
    return str_starts(text, "arn:") && strstr(text, ":policy/");
}

/* Whether a text can be the name of one of AWS's policies, with or without its folder. */
static bool is_name(const char *text)
{
    return str_is_made_of(text, STR_ALNUM "+=,.@-_/") && strlen(text) <= MANAGED_NAME_MAX &&
           *text != '/' && !str_ends(text, "/");
}

/* One policy; of Fn::If, also a list of them. */
static bool check_managed(const struct model *model, const struct node *policy)
{
    const struct node *const *branches = function_branches(policy);
    bool ok = true;
    for (size_t b = 0; branches && b < 2; b++)
        for (size_t i = 0; i < node_items(branches[b]); i++)
            ok = check_managed(model, node_item(branches[b], i)) && ok;
    if (branches)
        return ok;
    if (node_dynamic(policy))
        return reference_check(model, policy, types, "a managed policy");
    if (policy->kind == NODE_STRING && (is_arn(policy->text) || is_name(policy->text)))
        return true;
    return diag_error(EXIT_VALUE, policy->pos,
                      "a managed policy is an ARN, a ref, or the name of one of AWS's, as in "
                      "AmazonS3ReadOnlyAccess, not %s",
                      node_words(model->arena, policy));
}

/* Returns the ARN of a policy. */
static json_t *arn_of(const struct node *policy, const void *data)
{
    const struct model *model = data;
    if (node_dynamic(policy) || is_arn(policy->text))
        return reference_value(model, policy, WANT_ARN);
    return cfn_sub(arena_printf(model->arena, "arn:${AWS::Partition}:iam::aws:policy/%s%s",
                                managed_policy_folder(policy->text), policy->text));
}

/* The entries of `managed-policies`, one or a list of them. */
static const struct node *const *entries(const struct node *const *managed, size_t *n)
{
    bool list = (*managed)->kind == NODE_LIST;
    *n = list ? (*managed)->count : 1;
    return list ? (*managed)->items : managed;
}

static bool check_twice(const struct node *const *policies, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (node_text(policies[k]) && node_text(policies[i]) &&
            strcmp(policies[k]->text, policies[i]->text) == 0) {
            diag_error(EXIT_DUPLICATE, policies[i]->pos, "the policy '%s' stands here twice",
                       policies[i]->text);
            diag_note(policies[k]->pos, "it is here already");
            return false;
        }
    return true;
}

static bool check_list(const struct model *model, const struct node *managed)
{
    size_t n;
    const struct node *const *policies = entries(&managed, &n);
    bool ok = n <= MANAGED_MAX ||
              diag_error(EXIT_VALUE, managed->pos,
                         "these are %zu managed policies; IAM takes at most %d", n, MANAGED_MAX);
    for (size_t i = 0; i < n; i++)
        ok = check_managed(model, policies[i]) && check_twice(policies, i) && ok;
    return ok;
}

static bool check_boundary(const struct model *model, const struct node *boundary)
{
    if (node_dynamic(boundary))
        return reference_check(model, boundary, types, "a managed policy");
    return is_arn(boundary->text) ||
           diag_error(EXIT_VALUE, boundary->pos,
                      "a permissions-boundary is the ARN of a policy, or a ref, not '%s'",
                      boundary->text);
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    bool ok = true;
    for (size_t i = 0; i < countof(fields); i++) {
        const struct node *value = node_get(lambda->settings, fields[i].key);
        if (node_set(value))
            lambda_warn_role(lambda, value, fields[i].key);
    }
    const struct node *managed = node_get(lambda->settings, "managed-policies");
    const struct node *boundary = node_get(lambda->settings, "permissions-boundary");
    if (node_set(managed))
        ok = check_list(model, managed);
    return (!node_set(boundary) || check_boundary(model, boundary)) && ok;
}

static void write(struct lambda_parts *parts)
{
    const struct node *managed = node_get(parts->lambda->settings, "managed-policies");
    const struct node *boundary = node_get(parts->lambda->settings, "permissions-boundary");
    if (node_items(managed))
        lambda_property(parts->role, "ManagedPolicyArns",
                        cfn_list_of(managed, arn_of, parts->model));
    if (node_set(boundary))
        lambda_property(parts->role, "PermissionsBoundary",
                        reference_value(parts->model, boundary, WANT_ARN));
}

const struct lambda_subject lambda_managed = {fields, countof(fields), .check = check,
                                              .write = write};
