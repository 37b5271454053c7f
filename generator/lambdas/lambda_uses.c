#include "lambdas/lambda_uses.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_environment.h"
#include "lambdas/use.h"
#include "lambdas/use_cfn.h"
#include "lambdas/use_key.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"uses", FIELD_MAP}};

/* The name of the inline policy, and the ids of the policies that are resources, behind the name of
 * the lambda. */
#define INLINE_POLICY   "Uses"
#define SEPARATE_POLICY "SeparateUses"
#define IF_POLICY       "UsesIf"

static bool check_size(const struct model *model, const struct lambda *lambda,
                       const struct use *uses, size_t n)
{
    size_t own = lambda_environment_size(lambda), size = own;
    for (size_t i = 0; i < n; i++) {
        json_t *value = uses[i].variable ? use_value(model, &uses[i]) : NULL;
        size += uses[i].variable ? strlen(uses[i].variable) : 0;
        size += json_string_length(value);
        json_decref(value);
    }
    return size <= ENVIRONMENT_MAX || own > ENVIRONMENT_MAX ||
           diag_error(EXIT_VALUE, node_get(lambda->settings, "uses")->pos,
                      "the environment has %zu bytes with the variables of uses; Lambda takes %d",
                      size, ENVIRONMENT_MAX);
}

/* Resources may be lambdas, so this comes when all are read. */
static bool link(const struct model *model, const struct lambda *lambda)
{
    const struct node *role = node_get(lambda->settings, "role");
    size_t n;
    bool ok;
    const struct use *uses = uses_read(model, lambda, &n, &ok);
    if (n && node_set(role))
        diag_warning(
            node_get(lambda->settings, "uses")->pos,
            "the lambda has a role of its own, at line %d, which must allow these accesses "
            "already",
            role->pos.line);
    return ok && check_size(model, lambda, uses, n);
}

static void add_variables(struct lambda_parts *parts, const struct use *uses, size_t n)
{
    json_t *properties = json_object_get(parts->function, "Properties");
    json_t *environment = json_object_get(properties, "Environment");
    json_t *variables = json_object_get(environment, "Variables");
    for (size_t i = 0; i < n; i++) {
        if (!uses[i].variable)
            continue;
        if (!variables) {
            variables = json_object();
            lambda_property(parts->function, "Environment",
                            json_pack("{s:o}", "Variables", variables));
        }
        json_object_set_new(variables, uses[i].variable, use_value(parts->model, &uses[i]));
    }
}

/* The policy that has a use: in the role; or a resource of its own, if the function does not refer
 * to what is used, which may refer to the function then; or if that exists only under a
 * condition. */
static const char *policy_of(struct arena *arena, const struct use *use)
{
    if (use->condition)
        return arena_printf(arena, IF_POLICY "%s", use->condition);
    return use->variable && !use->lambda ? INLINE_POLICY : SEPARATE_POLICY;
}

static json_t *document(const struct lambda_parts *parts, const struct use *uses, size_t n,
                        const char *policy)
{
    json_t *statements = json_array();
    for (size_t i = 0; i < n; i++)
        if (strcmp(policy_of(parts->model->arena, &uses[i]), policy) == 0)
            use_allow(parts->model, &uses[i], statements);
    return json_pack("{s:s, s:o}", "Version", "2012-10-17", "Statement", statements);
}

/* clang-format off */
static json_t *policy_cfn(const struct lambda_parts *parts, const struct use *use, const char *id,
                          json_t *document)
{
    json_t *resource = json_pack("{s:s, s:{s:s, s:o, s:[o]}}",
        "Type", "AWS::IAM::Policy",
        "Properties",
            "PolicyName", id,
            "PolicyDocument", document,
            "Roles", cfn_ref(lambda_own_role(parts->model->arena, parts->lambda)));
    if (use->condition)
        json_object_set_new(resource, "Condition", json_string(use->condition));
    return resource;
}
/* clang-format on */

static void add_policy(struct lambda_parts *parts, const struct use *uses, size_t n,
                       const struct use *use)
{
    struct arena *arena = parts->model->arena;
    const char *policy = policy_of(arena, use);
    const char *id = arena_printf(arena, "%s%s", parts->lambda->short_id, policy);
    json_t *allowed = document(parts, uses, n, policy);
    if (strcmp(policy, INLINE_POLICY) == 0)
        lambda_policy(parts, policy, allowed);
    else
        cfn_add(parts->cfn, use->key->pos, id, policy_cfn(parts, use, id, allowed));
}

static void add_policies(struct lambda_parts *parts, const struct use *uses, size_t n)
{
    for (size_t i = 0; parts->role && i < n; i++) {
        const char *policy = policy_of(parts->model->arena, &uses[i]);
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(policy_of(parts->model->arena, &uses[k]), policy) != 0;
        if (first)
            add_policy(parts, uses, n, &uses[i]);
    }
}

/* Notes that the role refers to the keys of KMS, whose policies may name the role. */
static void note_keys(const struct lambda_parts *parts, const struct use *use, const char *role,
                      struct cfn_origin *origin)
{
    size_t i;
    json_t *keys = use_keys(parts->model, use), *key;
    json_array_foreach(keys, i, key) {
        const json_t *id = json_array_get(json_object_get(key, "Fn::GetAtt"), 0);
        if (id)
            cfn_origin(parts->cfn, role, json_string_value(id), origin);
    }
    json_decref(keys);
}

static void note_places(const struct lambda_parts *parts, const struct use *uses, size_t n)
{
    const char *role = lambda_own_role(parts->model->arena, parts->lambda);
    for (size_t i = 0; i < n; i++) {
        const char *id = use_id(parts->model->arena, &uses[i]);
        if (!uses[i].variable)
            continue;
        struct cfn_origin *origin = arena_alloc(parts->model->arena, sizeof *origin);
        origin->pos = uses[i].key->pos;
        origin->advice = "as: '' here ends the circle: the lambda keeps the access, and gets no "
                         "variable";
        if (id)
            cfn_origin(parts->cfn, parts->lambda->id, id, origin);
        if (id && role)
            cfn_origin(parts->cfn, role, id, origin);
        if (role)
            note_keys(parts, &uses[i], role, origin);
    }
}

static void write(struct lambda_parts *parts)
{
    size_t n;
    bool ok;
    const struct use *uses = uses_read(parts->model, parts->lambda, &n, &ok);
    add_variables(parts, uses, n);
    add_policies(parts, uses, n);
    note_places(parts, uses, n);
}

const struct lambda_subject lambda_uses = {fields, countof(fields), .link = link, .write = write};
