#include <string.h>

#include "base/util.h"
#include "deploy/api_deployment.h"
#include "stacks/change.h"
#include "stacks/digest.h"
#include "template/cfn.h"

static const char deployment_type[] = "AWS::ApiGateway::Deployment";
static const char stage_type[] = "AWS::ApiGateway::Stage";

/* What a deployment deploys. Stages and usage plans, for example, are beside it. */
static const char *const deployed_types[] = {
    "AWS::ApiGateway::Authorizer", "AWS::ApiGateway::GatewayResponse",  "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Model",      "AWS::ApiGateway::RequestValidator", "AWS::ApiGateway::Resource",
    "AWS::ApiGateway::RestApi",
};

static bool is_deployed(const char *type)
{
    return str_one_of(type, deployed_types, countof(deployed_types));
}

/* The values of the parameters that an API refers to, while they are collected. */
struct values {
    struct arena *arena;
    const json_t *template;
    const json_t *all;
    const char *stack;
    json_t *used; /* names to strings; a digest for a secret one */
};

static void use(const char *name, void *data)
{
    struct values *v = data;
    json_t *value = json_object_get(v->all, name);
    bool declared = json_object_get(json_object_get(v->template, "Parameters"), name) != NULL;
    bool of_stack = strcmp(name, "Stage") == 0 || strcmp(name, "Region") == 0;
    if (!value || !declared || of_stack || json_object_get(v->used, name))
        return;
    if (cfn_hides(v->template, name))
        json_object_set_new(v->used, name,
                            json_string(stack_digest_secret(v->arena, v->stack, name, value)));
    else
        json_object_set(v->used, name, value);
}

/* Whether a resource is the API that a deployment deploys, or a part of it. */
static bool is_of_api(const char *id, const json_t *resource, const char *api)
{
    const json_t *properties = json_object_get(resource, "Properties");
    return is_deployed(cfn_text(resource, "Type")) &&
           (strcmp(id, api) == 0 ||
            strcmp(cfn_text(json_object_get(properties, "RestApiId"), "Ref"), api) == 0);
}

/* Returns the new logical id of a deployment, or NULL if its API refers to no parameter. */
static const char *new_id(struct values *v, const char *id, const json_t *deployment)
{
    const json_t *properties = json_object_get(deployment, "Properties");
    const char *api = cfn_text(json_object_get(properties, "RestApiId"), "Ref"), *other;
    json_t *resource;
    v->used = json_object();
    json_object_foreach(json_object_get(v->template, "Resources"), other, resource)
        if (is_of_api(other, resource, api))
            link_each_ref(resource, use, v);
    const char *made = json_object_size(v->used)
                           ? arena_printf(v->arena, "%s%s", id, cfn_digest(v->arena, v->used))
                           : NULL;
    json_decref(v->used);
    return made;
}

/* Replaces the id of a deployment in all Refs to it. */
static void refer(json_t *value, const char *from, const char *to)
{
    const char *key;
    size_t i;
    json_t *inner;
    json_array_foreach(value, i, inner)
        refer(inner, from, to);
    json_object_foreach(value, key, inner)
        refer(inner, from, to);
    if (strcmp(cfn_text(value, "Ref"), from) == 0)
        json_object_set_new(value, "Ref", json_string(to));
}

/* Replaces it in a list of ids that a resource depends on. */
static void depend(json_t *ids, const char *from, const char *to)
{
    size_t i;
    json_t *id;
    json_array_foreach(ids, i, id)
        if (strcmp(json_string_value(id), from) == 0)
            json_array_set_new(ids, i, json_string(to));
}

/* Replaces it where stages and usage plans name it. */
static void name_anew(json_t *resources, const char *from, const char *to)
{
    const char *id;
    json_t *resource;
    json_object_foreach(resources, id, resource) {
        if (!str_starts(cfn_text(resource, "Type"), "AWS::ApiGateway::"))
            continue;
        refer(json_object_get(resource, "Properties"), from, to);
        depend(json_object_get(resource, "DependsOn"), from, to);
    }
}

void api_deployment_rename(struct arena *arena, json_t *template, const json_t *values,
                           const char *stack,
                           void (*renamed)(const char *from, const char *to, void *data),
                           void *data)
{
    struct values v = {arena, template, values, stack, NULL};
    json_t *resources = json_object_get(template, "Resources"), *resource, *next = json_object();
    const char *id;
    json_object_foreach(resources, id, resource) {
        bool deployment = strcmp(cfn_text(resource, "Type"), deployment_type) == 0;
        const char *made = deployment ? new_id(&v, id, resource) : NULL;
        json_object_set(next, made ? made : id, resource);
        if (made) {
            name_anew(resources, id, made);
            renamed(arena_strdup(arena, id), made, data);
        }
    }
    json_object_set_new(template, "Resources", next);
}

/* --- a change that removes methods ---------------------------------------------------------- */

static bool is_deployment(const struct change *change)
{
    return strcmp(change->type, deployment_type) == 0;
}

/* Whether the change takes a resource away from an API, or its stage, which the deployment then
 * makes. One that is replaced is taken away, too. */
static bool takes_away(const struct change *change)
{
    if (strcmp(change->type, stage_type) == 0)
        return change->kind == CHANGE_REMOVE;
    return is_deployed(change->type) &&
           (change->kind == CHANGE_REMOVE || (change->kind == CHANGE_REPLACE && !change->perhaps));
}

/* The length of the part of a deployment's id that names its API: all before its digest. */
static size_t api_part(const char *id)
{
    size_t len = strlen(id);
    while (len && !str_starts(id + len, "Deployment"))
        len--;
    return len + strlen("Deployment");
}

/* Returns the id of the deployment that the changes remove in favour of a new one, or NULL. */
static const char *removed_for(const struct changes *changes, const char *made)
{
    size_t len = api_part(made);
    for (size_t i = 0; i < changes->n; i++) {
        const struct change *change = &changes->items[i];
        if (change->kind == CHANGE_REMOVE && is_deployment(change) && api_part(change->id) == len &&
            strncmp(change->id, made, len) == 0)
            return change->id;
    }
    return NULL;
}

json_t *api_deployment_before(const json_t *template, const struct changes *changes)
{
    json_t *before = NULL;
    bool takes = false;
    for (size_t i = 0; i < changes->n; i++)
        takes = takes || takes_away(&changes->items[i]);
    for (size_t i = 0; takes && i < changes->n; i++) {
        const struct change *change = &changes->items[i];
        bool made = change->kind == CHANGE_ADD && is_deployment(change);
        const char *old = made ? removed_for(changes, change->id) : NULL;
        if (!old)
            continue;
        before = before ? before : json_deep_copy(template);
        json_t *resources = json_object_get(before, "Resources");
        json_object_set(resources, old, json_object_get(resources, change->id));
        json_object_del(resources, change->id);
        name_anew(resources, change->id, old);
    }
    return before;
}
