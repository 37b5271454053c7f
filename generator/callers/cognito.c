#include <string.h>

#include "callers/cognito.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "resources/arn.h"
#include "resources/fragment.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char pool_type[] = "AWS::Cognito::UserPool";

static const struct field pool_fields[] = {
    {"user_pool", FIELD_TEXT, .required = true},
    {"triggers", FIELD_MAP, .required = true},
    {"kms_key", FIELD_TEXT},
    {"attributes", FIELD_MAP},
};

static const char *const token_versions[] = {"V1_0", "V2_0", "V3_0", NULL};
static const char *const sender_versions[] = {"V1_0", NULL};

/* The keys of `triggers`, and what they are in LambdaConfig (CloudFormation Template Reference,
 * "AWS::Cognito::UserPool LambdaConfig"): an ARN, or {LambdaArn, LambdaVersion}. */
static const struct trigger {
    const char *key;
    const char *property;        /* of an ARN, or NULL */
    const char *versioned;       /* of {LambdaArn, LambdaVersion}, or NULL */
    const char *const *versions; /* of `versioned` */
    bool encrypted;              /* it gets codes that are encrypted by the pool's key */
} triggers[] = {
    {"create_auth_challenge", "CreateAuthChallenge"},
    {"custom_email_sender", NULL, "CustomEmailSender", sender_versions, .encrypted = true},
    {"custom_message", "CustomMessage"},
    {"custom_sms_sender", NULL, "CustomSMSSender", sender_versions, .encrypted = true},
    {"define_auth_challenge", "DefineAuthChallenge"},
    {"inbound_federation", NULL, "InboundFederation", sender_versions},
    {"post_authentication", "PostAuthentication"},
    {"post_confirmation", "PostConfirmation"},
    {"pre_authentication", "PreAuthentication"},
    {"pre_sign_up", "PreSignUp"},
    {"pre_token_generation", "PreTokenGeneration", "PreTokenGenerationConfig", token_versions},
    {"user_migration", "UserMigration"},
    {"verify_auth_challenge", "VerifyAuthChallengeResponse"},
};

/* One entry of `triggers`. */
struct call {
    const struct trigger *trigger;
    const struct node *key;
    const struct lambda *lambda;
    const char *version; /* or NULL: the property takes an ARN */
};

struct pool {
    const char *name; /* "{Name}", the beginning of all ids */
    const struct declared *resource;
    struct call *calls;
    size_t ncalls;
};

static const struct trigger *trigger_named(const struct node *key)
{
    const char *names[countof(triggers)];
    for (size_t i = 0; i < countof(triggers); i++) {
        names[i] = triggers[i].key;
        if (strcmp(key->text, names[i]) == 0)
            return &triggers[i];
    }
    const char *near = str_nearest(key->text, names, countof(names));
    diag_error(EXIT_RESOURCE, key->pos, "'%s' is no trigger of a user pool%s%s%s", key->text,
               near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return NULL;
}

static bool read_version(struct arena *arena, const struct node *version, struct call *call)
{
    const struct trigger *trigger = call->trigger;
    const struct field field[] = {{"version", FIELD_CHOICE, .choices = trigger->versions}};
    if (!trigger->property)
        call->version = trigger->versions[0];
    if (!node_set(version))
        return true;
    if (!trigger->versioned)
        return diag_error(EXIT_RESOURCE, version->pos,
                          "this trigger has one version; leave version out");
    call->version = schema_choice(version, trigger->versions);
    if (call->version)
        return true;
    if (node_dynamic(version))
        return diag_error(EXIT_VALUE, version->pos,
                          "version is needed when building and cannot be a ref");
    return schema_check(field, countof(field), node_pair(arena, version->pos, "version", version),
                        version, "a trigger");
}

/* A trigger is the name of a lambda, or {lambda, version}. */
static bool read_call(const struct model *model, const struct entry *entry, struct pool *pool)
{
    static const struct field fields[] = {{"lambda", FIELD_NAME, .required = true},
                                          {"version", FIELD_ANY}};
    const struct node *value = entry->value;
    struct call call = {.trigger = trigger_named(entry->key), .key = entry->key};
    if (!call.trigger)
        return false;
    bool map = value->kind == NODE_MAP && !function_is(value);
    if (map && !schema_check(fields, countof(fields), value, entry->key, "a trigger"))
        return false;
    const struct node *name = map ? node_get(value, "lambda") : value;
    if (node_dynamic(name) || !node_text(name))
        return diag_error(EXIT_VALUE, name->pos,
                          "a trigger is the name of a lambda, or {lambda: <name>, version: V2_0}");
    call.lambda = lambda_find(model, name);
    bool ok = read_version(model->arena, map ? node_get(value, "version") : NULL, &call);
    array_push(model->arena, pool->calls, pool->ncalls, call);
    return call.lambda && ok;
}

static bool read_pool(const struct model *model, const struct node *node, struct pool *pool)
{
    static const char *const types[] = {pool_type, NULL};
    pool->resource = reference_resource(model, node);
    if (pool->resource && strcmp(pool->resource->type, pool_type) == 0)
        return true;
    if (!reference_check(model, node, types, "a user pool"))
        return false;
    return diag_error(
        EXIT_RESOURCE, node->pos,
        "user_pool is ref://Id of a pool in 'cloudformation', because triggers are set "
        "in the resource of the pool. For another pool, set its LambdaConfig where it "
        "is made to the ARN of the lambda's alias, and let it call the lambda by "
        "'permissions' with principal: cognito-idp.amazonaws.com");
}

static const struct node *lambda_config(const struct pool *pool)
{
    return node_get(node_get(pool->resource->value, "Properties"), "LambdaConfig");
}

/* Reports what the fragment itself has under a property of LambdaConfig. */
static bool check_free(const struct pool *pool, const struct node *place, const char *property)
{
    const struct node *taken = property ? node_get(lambda_config(pool), property) : NULL;
    if (!taken)
        return true;
    diag_error(EXIT_DUPLICATE, place->pos, "the user pool itself has %s; leave one of the two out",
               property);
    diag_note(taken->pos, "it is here");
    return false;
}

static bool check_fragment(const struct pool *pool, const struct node *kms_key)
{
    const struct node *config = lambda_config(pool);
    bool ok = true;
    const struct node *properties = node_get(pool->resource->value, "Properties");
    const struct node *place = node_dynamic(properties) ? properties : config;
    if (node_dynamic(place) || (place && place->kind != NODE_MAP))
        return diag_error(EXIT_RESOURCE, place->pos,
                          "triggers can be added only to a LambdaConfig that is a map; write "
                          "functions in it, one for each trigger");
    for (size_t i = 0; i < pool->ncalls; i++) {
        const struct call *call = &pool->calls[i];
        ok = check_free(pool, call->key, call->trigger->property) && ok;
        ok = check_free(pool, call->key, call->trigger->versioned) && ok;
    }
    return (!node_set(kms_key) || check_free(pool, kms_key, "KMSKeyID")) && ok;
}

/* Returns an entry before `resource` that is of the same pool, from the place `*i` on; or NULL. */
static const struct resource *other_entry(const struct model *model,
                                          const struct resource *resource, size_t *i)
{
    const struct pool *pool = resource->data, *before;
    while (*i < model->count) {
        const struct resource *other = model->resources[(*i)++];
        before = other->data;
        if (other != resource && other->kind == &cognito_kind && before &&
            before->resource == pool->resource)
            return other;
    }
    return NULL;
}

static bool check_once(const struct node *place, const struct node *before, const char *what)
{
    diag_error(EXIT_DUPLICATE, place->pos, "the user pool has %s already", what);
    diag_note(before->pos, "it is here");
    return false;
}

/* Reports what another entry has set for the pool: a property of it has one value, whatever the
 * conditions of the entries are. */
static bool check_others(const struct model *model, const struct resource *resource)
{
    const struct pool *pool = resource->data;
    const struct node *key = node_get(resource->settings, "kms_key");
    const struct resource *other;
    bool ok = true;
    for (size_t i = 0; (other = other_entry(model, resource, &i));) {
        const struct pool *before = other->data;
        const struct node *other_key = node_get(other->settings, "kms_key");
        if (node_set(key) && node_set(other_key))
            ok = check_once(key, other_key, "a key");
        for (size_t c = 0; c < pool->ncalls; c++)
            for (size_t b = 0; b < before->ncalls; b++)
                if (pool->calls[c].trigger == before->calls[b].trigger)
                    ok = check_once(pool->calls[c].key, before->calls[b].key, "this trigger");
    }
    return ok;
}

/* Whether the pool has a key, by the fragment or by an entry up to this one. */
static bool has_key(const struct model *model, const struct resource *resource)
{
    const struct resource *other;
    bool has = node_set(node_get(lambda_config(resource->data), "KMSKeyID")) ||
               node_set(node_get(resource->settings, "kms_key"));
    for (size_t i = 0; !has && (other = other_entry(model, resource, &i));)
        has = node_set(node_get(other->settings, "kms_key"));
    return has;
}

static bool check_key(const struct model *model, const struct resource *resource)
{
    static const char *const types[] = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey", NULL};
    const struct pool *pool = resource->data;
    const struct node *key = node_get(resource->settings, "kms_key");
    bool ok = !node_set(key) || reference_check(model, key, types, "a key of KMS");
    if (node_set(key) && !node_dynamic(key) && !arn_resource(key->text, "kms"))
        ok = diag_error(EXIT_VALUE, key->pos, "kms_key is the ARN of a key or a ref, not '%s'",
                        key->text);
    for (size_t i = 0; i < pool->ncalls; i++)
        if (pool->calls[i].trigger->encrypted && !has_key(model, resource))
            ok = diag_error(EXIT_RESOURCE, pool->calls[i].key->pos,
                            "Cognito encrypts the codes for a sender; set 'kms_key' to the key, "
                            "and let the lambda decrypt by it with 'uses'");
    return ok;
}

static bool pool_read(struct model *model, struct resource *resource)
{
    struct pool *pool = arena_alloc(model->arena, sizeof *pool);
    const struct node *settings = resource->settings;
    if (!schema_check(pool_fields, countof(pool_fields), settings, resource->key,
                      "an entry of cognito"))
        return false;
    const struct node *map = node_get(settings, "triggers");
    pool->name = resource_app_id(model, resource);
    bool ok = pool->name && verbatim_check(settings);
    for (size_t i = 0; i < map->count; i++)
        ok = read_call(model, &map->entries[i], pool) && ok;
    if (!map->count)
        ok = diag_error(EXIT_VALUE, map->pos,
                        "triggers has at least one, as in pre_sign_up: <lambda>");
    ok = read_pool(model, node_get(settings, "user_pool"), pool) && ok;
    if (!ok)
        return false;
    resource->data = pool;
    ok = check_fragment(pool, node_get(settings, "kms_key"));
    ok = check_others(model, resource) && ok;
    return check_key(model, resource) && ok;
}

/* Returns the object under a key, which is made if it is missing. */
static json_t *object_under(json_t *object, const char *key)
{
    if (!json_object_get(object, key))
        json_object_set_new(object, key, json_object());
    return json_object_get(object, key);
}

/* Sets a property of LambdaConfig (stolen), under the condition of the entry. */
static void set(json_t *config, const char *condition, const char *property, json_t *value)
{
    if (condition)
        value = json_pack("{s:[s, o, o]}", "Fn::If", condition, value, cfn_ref("AWS::NoValue"));
    json_object_set_new(config, property, value);
}

static void write_trigger(const struct model *model, struct cfn *cfn, const struct pool *pool,
                          const struct call *call, json_t *config)
{
    const char *id = pool->resource->key->text;
    struct cfn_origin *origin = arena_alloc(model->arena, sizeof *origin);
    json_t *arn = lambda_alias(call->lambda);
    if (call->version)
        set(config, cfn->condition, call->trigger->versioned,
            json_pack("{s:o, s:s}", "LambdaArn", arn, "LambdaVersion", call->version));
    else
        set(config, cfn->condition, call->trigger->property, arn);
    *origin = (struct cfn_origin){.pos = call->key->pos,
                                  .advice = "each event of a trigger has the id of the pool, "
                                            "userPoolId, so its lambda needs no reference to it"};
    cfn_origin(cfn, id, call->lambda->alias_id, origin);
}

/* Each lambda gets one permission. */
static bool is_first(const struct pool *pool, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (pool->calls[j].lambda == pool->calls[i].lambda)
            return false;
    return true;
}

static void pool_write(const struct model *model, const struct resource *resource,
                       struct steps *steps)
{
    const struct pool *pool = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    const char *id = pool->resource->key->text;
    json_t *key = reference_value(model, node_get(resource->settings, "kms_key"), WANT_ARN);
    json_t *config = object_under(object_under(json_object_get(cfn->resources, id), "Properties"),
                                  "LambdaConfig");
    if (key)
        set(config, cfn->condition, "KMSKeyID", key);
    for (size_t i = 0; i < pool->ncalls; i++) {
        const struct call *call = &pool->calls[i];
        write_trigger(model, cfn, pool, call, config);
        if (is_first(pool, i))
            cfn_add(cfn, call->key->pos,
                    arena_printf(model->arena, "%sCognito%s", pool->name, call->lambda->short_id),
                    verbatim_merge(invoke_permission(call->lambda, "cognito-idp.amazonaws.com",
                                                     cfn_att(id, "Arn")),
                                   resource->settings));
    }
}

const struct kind cognito_kind = {"cognito", .read = pool_read, .write = pool_write};
