#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_logs.h"
#include "lambdas/lambda_role.h"
#include "resources/model.h"
#include "resources/policy_check.h"
#include "resources/reference.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"role", FIELD_ANY}, {"policies", FIELD_ENTRIES}};

enum { POLICY_NAME_MAX = 128 }; /* characters (IAM quotas) */

/* An entry of `policies`, and the name of its policy: "{Name}{Policy}Policy". */
struct policy {
    const char *name;
    const struct node *key;   /* what the name is made of */
    const struct node *value; /* a policy document, or a statement */
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct policy *)a)->name, ((const struct policy *)b)->name);
}

static const char *policy_name(struct arena *arena, const struct lambda *lambda, const char *key)
{
    return arena_printf(arena, "%s%sPolicy", lambda->short_id, name_id(arena, key, NULL));
}

/* Returns the policies, sorted by name, so that nothing depends on the order of keys. Those of a
 * list have the Sid of the statement, or their number in the list. */
static struct policy *own_policies(struct arena *arena, const struct lambda *lambda, size_t *n)
{
    const struct node *all = node_get(lambda->settings, "policies");
    struct policy *policies = NULL;
    *n = 0;
    for (size_t i = 0; node_set(all) && i < all->count; i++) {
        bool list = all->kind == NODE_LIST;
        const struct node *value = list ? all->items[i] : all->entries[i].value;
        const struct node *sid = node_get(value, "Sid");
        const struct node *key = !list ? all->entries[i].key : node_text(sid) ? sid : value;
        const char *text = key == value ? arena_printf(arena, "%zu", i + 1) : key->text;
        array_push(arena, policies, *n,
                   ((struct policy){policy_name(arena, lambda, text), key, value}));
    }
    if (*n)
        qsort(policies, *n, sizeof *policies, by_name);
    return policies;
}

static bool check_role(const struct model *model, const struct node *role)
{
    static const char *const types[] = {"AWS::IAM::Role", NULL};
    if (!reference_check(model, role, types, "a role"))
        return false;
    if (!node_set(role) || node_dynamic(role))
        return true;
    if (role->kind == NODE_STRING && str_starts(role->text, "arn:") && strstr(role->text, ":role/"))
        return true;
    return diag_error(EXIT_ROLE, role->pos, "a role is an ARN or a ref, not %s",
                      role->kind == NODE_STRING ? "a name" : node_kind_words(role));
}

/* The names of a role's policies must be unique; Gordon's policy for logs is one of them. */
static bool check_name(const struct lambda *lambda, const struct policy *policies, size_t i,
                       const char *logs)
{
    const char *name = policies[i].name;
    struct pos pos = policies[i].key->pos;
    bool auto_logs = schema_flag(node_get(lambda->settings, "auto-run-policy"), true);
    if (strlen(name) > POLICY_NAME_MAX)
        return diag_error(EXIT_VALUE, pos,
                          "the policy gets the name '%s', and IAM takes at most %d characters",
                          name, POLICY_NAME_MAX);
    if (auto_logs && strcmp(name, logs) == 0)
        return diag_error(EXIT_DUPLICATE, pos,
                          "'%s' is the name of the policy for logs that Gordon writes; choose "
                          "another one, or set auto-run-policy: false",
                          logs);
    if (!i || strcmp(policies[i - 1].name, name) != 0)
        return true;
    diag_error(EXIT_DUPLICATE, pos, "two policies get the name '%s'", name);
    diag_note(policies[i - 1].key->pos, "the other one is here");
    return false;
}

/* In a list, SAM takes the names of its templates of policies, too. */
static bool check_policy(const struct node *value, bool in_list)
{
    const struct node *const *branches = function_branches(value);
    if (branches) {
        bool first = check_policy(branches[0], in_list);
        return check_policy(branches[1], in_list) && first;
    }
    if (node_is_no_value(value))
        return true;
    if (value->kind == NODE_MAP && (!in_list || node_dynamic(value) || policy_is_statement(value) ||
                                    node_get(value, "Statement")))
        return policy_check(value, POLICY_OF_ROLE);
    if (value->kind == NODE_MAP)
        return diag_error(EXIT_VALUE, value->pos,
                          "a policy is a document with a Statement, or a statement with an Effect");
    if (node_text(value))
        return diag_error(EXIT_VALUE, value->pos,
                          "a policy is a map, its policy document, not text; the name or the ARN "
                          "of a policy that exists is for managed-policies");
    return diag_error(EXIT_VALUE, value->pos, "a policy is a map, its policy document, not %s",
                      node_kind_words(value));
}

static bool check_policies(struct arena *arena, const struct lambda *lambda)
{
    size_t n;
    const struct node *all = node_get(lambda->settings, "policies");
    const struct policy *policies = own_policies(arena, lambda, &n);
    const char *logs = arena_printf(arena, "%s" LAMBDA_LOGS_POLICY, lambda->short_id);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = check_policy(policies[i].value, all->kind == NODE_LIST) &&
             check_name(lambda, policies, i, logs) && ok;
    if (n)
        lambda_warn_role(lambda, all, "policies");
    return ok;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    bool ok = check_role(model, node_get(lambda->settings, "role"));
    return check_policies(model->arena, lambda) && ok;
}

static json_t *document(const struct node *value)
{
    json_t *json = cfn_value(value);
    return policy_is_statement(value)
               ? json_pack("{s:s, s:[o]}", "Version", "2012-10-17", "Statement", json)
               : json;
}

/* Whether an Fn::If is a whole policy: one of its values is a statement, or none at all. */
static bool is_optional(const struct node *value)
{
    const struct node *const *branches = function_branches(value);
    if (branches)
        return is_optional(branches[0]) || is_optional(branches[1]);
    return node_ref(value) || policy_is_statement(value);
}

struct one {
    const struct lambda_parts *parts;
    const char *suffix;
};

static json_t *one_policy(const struct node *value, const void *data)
{
    const struct one *one = data;
    return node_ref(value) ? cfn_value(value)
                           : lambda_policy_value(one->parts, one->suffix, document(value));
}

static void write(struct lambda_parts *parts)
{
    size_t n, skip = strlen(parts->lambda->short_id);
    const struct policy *policies = own_policies(parts->model->arena, parts->lambda, &n);
    for (size_t i = 0; i < n; i++) {
        const struct node *value = policies[i].value;
        struct one one = {parts, policies[i].name + skip};
        if (is_optional(value) && !policy_is_statement(value))
            lambda_add_policy(parts, cfn_branches(value, one_policy, &one));
        else
            lambda_policy(parts, one.suffix, document(value));
    }
}

const struct lambda_subject lambda_role = {fields, countof(fields), .check = check, .write = write};
