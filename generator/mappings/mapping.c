#include "mappings/mapping.h"
#include "mappings/mapping_source.h"
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_grant.h"
#include "mappings/mapping_policy.h"
#include "mappings/mapping_word.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

enum { SLEEP_SECONDS = 30 };
enum { POLICY_NAME_MAX = 128 }; /* characters (IAM quotas) */

/* What a mapping must not share with another one: its lambda, and what the source's own words say,
 * which queue or which topic. */
static const char *key_of(const struct model *model, const struct mapping *mapping)
{
    json_t *properties = json_object();
    mapping->source->write(model, mapping, properties);
    char *text = json_dumps(properties, JSON_SORT_KEYS | JSON_COMPACT);
    const char *key = arena_printf(model->arena, "%s %s %s", mapping->resource->kind->key,
                                   mapping->lambda->short_id, text);
    json_decref(properties);
    free(text);
    return key;
}

/* Lambda makes no second mapping of a source to a lambda. With conditions, both need not be there.
 */
static bool check_twice(struct model *model, const struct mapping *mapping)
{
    if (verbatim_condition(mapping->settings))
        return true;
    const struct resource *other = table_set(model->arena, &model->mappings, key_of(model, mapping),
                                             (void *)mapping->resource);
    if (!other)
        return true;
    diag_error(EXIT_DUPLICATE, mapping->resource->key->pos,
               "'%s' reads this source already; AWS refuses a second mapping",
               mapping->lambda->reference);
    diag_note(other->key->pos, "the other one is here");
    return false;
}

bool mapping_read(struct model *model, struct resource *resource)
{
    const struct mapping_source *source = resource->kind->own;
    struct mapping *mapping = arena_alloc(model->arena, sizeof *mapping);
    *mapping = (struct mapping){source, resource, resource->settings, NULL, NULL};
    resource->data = mapping;
    if (!mapping_words_check(model, mapping) || !resource_id(model, resource))
        return false;
    mapping->id = name_id(model->arena, resource->app->name, resource->name,
                          source->legacy ? NULL : source->ending, NULL);
    mapping->lambda = lambda_find(model, node_get(mapping->settings, "lambda"));
    bool ok = source->check(model, mapping);
    ok = verbatim_check(mapping->settings) && ok;
    ok = mapping_values_check(model, mapping) && ok;
    if (!mapping->lambda || !ok || !check_twice(model, mapping))
        return false;
    lambda_grant(model, mapping->lambda, resource);
    return true;
}

/* Whether the mapping has a condition that the lambda does not have, so that its policy is not in
 * the role but a resource with this condition. */
static bool is_conditional(const struct mapping *mapping)
{
    const char *own = verbatim_condition(mapping->settings);
    const char *lambda = verbatim_condition(mapping->lambda->settings);
    return own && (!lambda || strcmp(own, lambda) != 0);
}

/* What follows the lambda's name in the name of the policy. */
static const char *policy_suffix(struct arena *arena, const struct mapping *mapping)
{
    const char *ending = mapping->source->legacy ? mapping->source->ending : "";
    const char *suffix = arena_printf(arena, "%s%s", mapping->id, ending);
    if (strlen(mapping->lambda->short_id) + strlen(suffix) <= POLICY_NAME_MAX)
        return suffix;
    json_t *text = json_pack("[s]", suffix);
    suffix = arena_printf(arena, "%s%s", cfn_digest(arena, text), mapping->source->ending);
    json_decref(text);
    return suffix;
}

void mapping_grant(const struct resource *resource, struct lambda_parts *parts)
{
    const struct mapping *mapping = resource->data;
    json_t *document = is_conditional(mapping) ? NULL : mapping_policy(parts->model, mapping);
    if (document)
        lambda_policy(parts, policy_suffix(parts->model->arena, mapping), document);
}

/* clang-format off */

/* Lambda can use a new role only after some time, and refuses a mapping before that. So the pause
 * begins when the role exists. */
static json_t *sleep_cfn(const struct model *model, const char *role_id)
{
    return json_pack("{s:s, s:o*, s:{s:o, s:i}}",
        "Type", "Custom::Sleep",
        "DependsOn", role_id ? json_pack("[s]", role_id) : NULL,
        "Properties",
            "ServiceToken", lambda_alias(model->sleep),
            "Time", SLEEP_SECONDS);
}

static json_t *policy_cfn(const char *name, const char *role_id, json_t *document)
{
    return json_pack("{s:s, s:{s:s, s:o, s:[o]}}",
        "Type", "AWS::IAM::Policy",
        "Properties",
            "PolicyName", name,
            "PolicyDocument", document,
            "Roles", cfn_ref(role_id));
}

static json_t *mapping_cfn(const struct model *model, const struct mapping *mapping,
                           const char *depends_on)
{
    json_t *properties = json_pack("{s:o}", "FunctionName", lambda_alias(mapping->lambda));
    mapping_words_write(model, mapping, properties);
    mapping->source->write(model, mapping, properties);
    return json_pack("{s:s, s:o*, s:o}",
        "Type", "AWS::Lambda::EventSourceMapping",
        "DependsOn", depends_on ? json_pack("[s]", depends_on) : NULL,
        "Properties", properties);
}
/* clang-format on */

/* Adds the policy of a mapping with a condition. Returns its id, or that of the role. */
static const char *write_policy(const struct model *model, const struct mapping *mapping,
                                struct cfn *cfn, const char *role_id)
{
    json_t *document = is_conditional(mapping) ? mapping_policy(model, mapping) : NULL;
    if (!document)
        return role_id;
    const char *id = arena_printf(model->arena, "%sPolicy", mapping->id);
    const char *suffix = policy_suffix(model->arena, mapping);
    const char *name = arena_printf(model->arena, "%s%s", mapping->lambda->short_id, suffix);
    cfn_add(cfn, mapping->resource->key->pos, id, policy_cfn(name, role_id, document));
    return id;
}

void mapping_write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct mapping *mapping = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct pos pos = resource->key->pos;
    const char *depends_on = lambda_own_role(model->arena, mapping->lambda);
    if (depends_on)
        depends_on = write_policy(model, mapping, cfn, depends_on);
    if (mapping->source->legacy && model->sleep) {
        const char *name = name_id(model->arena, resource->name, NULL);
        const char *sleep = arena_printf(model->arena, "%sSleep", name);
        cfn_add(cfn, pos, sleep, sleep_cfn(model, depends_on));
        depends_on = sleep;
    }
    cfn_add(cfn, pos, mapping->id,
            verbatim_merge(mapping_cfn(model, mapping, depends_on), mapping->settings));
}
