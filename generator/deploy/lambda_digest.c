#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/util.h"
#include "build/built.h"
#include "deploy/lambda_digest.h"
#include "deploy/upload.h"
#include "lambdas/lambda_cfn.h"
#include "lambdas/layer.h"
#include "parameters/resolve.h"
#include "resources/reference.h"
#include "stacks/digest.h"
#include "template/cfn.h"

/* The uploads by their keys. */
struct zips {
    struct table by_key;
};

static struct zips index_uploads(struct arena *arena, const struct upload *uploads, size_t n)
{
    struct zips zips = {0};
    for (size_t i = 0; i < n; i++)
        table_set(arena, &zips.by_key, uploads[i].key, (void *)&uploads[i]);
    return zips;
}

/* Properties of a function that its versions do not have: by a change of them alone, Lambda
 * publishes no version. */
static const char *const unversioned[] = {"RecursiveLoop", "ReservedConcurrentExecutions", "Tags"};

/* Adds what decides whether a resource gets another name or ARN. */
static void add_identity(struct digest *digest, const json_t *resource, const json_t *values)
{
    const char *type = cfn_text(resource, "Type"), *name;
    json_t *identity = json_object(), *value;
    json_object_foreach(json_object_get(resource, "Properties"), name, value)
        if (reference_is_replaced_by(type, name))
            json_object_set_new(identity, name, resolve(value, values, resolve_ref_name));
    char *text = cfn_dump(identity, JSON_COMPACT);
    if (json_object_size(identity))
        sha256_add(digest, text, strlen(text));
    free(text);
    json_decref(identity);
}

/* Adds the resources to which properties refer. */
static void add_referred(struct arena *arena, struct digest *digest, const json_t *properties,
                         const json_t *resources, const json_t *values)
{
    struct links links = {.arena = arena};
    json_t *entries = json_pack("{s:O}", "", properties);
    links_add(&links, "", entries);
    for (size_t i = 0; i < links.n; i++)
        add_identity(digest, json_object_get(resources, links.list[i].name), values);
    json_decref(entries);
}

/* Returns a digest of a zip, which an S3Key under `part` of the properties names, of all other
 * properties, and of those of `resources` to which they refer. */
static const char *digest_with_zip(struct arena *arena, const struct zips *zips,
                                   const json_t *properties, const char *part,
                                   const json_t *resources, const json_t *values)
{
    const char *key = cfn_text(json_object_get(properties, part), "S3Key");
    const struct upload *upload = table_get(&zips->by_key, key);
    json_t *copy = resolve(properties, values, resolve_ref_name);
    if (upload)
        json_object_del(copy, part); /* the zip's digest stands for it */
    for (size_t i = 0; i < countof(unversioned); i++)
        json_object_del(copy, unversioned[i]);
    char *text = cfn_dump(copy, JSON_COMPACT), *hex = arena_alloc(arena, SHA256_HEX);
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, upload ? upload->sha256 : "", upload ? strlen(upload->sha256) : 0);
    sha256_add(&digest, text ? text : "", text ? strlen(text) : 0);
    add_referred(arena, &digest, properties, resources, values);
    sha256_hex(&digest, hex);
    free(text);
    json_decref(copy);
    return hex;
}

/* Adds digests of the layers, in place of their versions, which only CloudFormation knows. */
static void add_layers(struct arena *arena, const struct zips *zips, const json_t *template,
                       json_t *values)
{
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource)
        if (strcmp(cfn_text(resource, "Type"), LAYER_TYPE) == 0)
            json_object_set_new(
                values, id,
                json_string(digest_with_zip(arena, zips, json_object_get(resource, "Properties"),
                                            "Content", NULL, values)));
}

/* Returns the values of parameters (new) for the digests of lambdas, with slow digests for secrets:
 * everybody who may read the stack sees the digests of lambdas. */
static json_t *digest_values(struct arena *arena, const json_t *given, const json_t *template)
{
    const char *name, *bucket = cfn_text(given, "CodeBucket");
    json_t *values = json_copy((json_t *)given), *value;
    json_object_foreach((json_t *)given, name, value)
        if (cfn_hides(template, name))
            json_object_set_new(values, name,
                                json_string(stack_digest_secret(arena, bucket, name, value)));
    return values;
}

/* Returns the function's id, and sets `*index` to its place in LambdaDigests, if a resource is its
 * version; else NULL. Both kinds of versions have the digest as one property. */
static const char *function_of_version(const json_t *resource, size_t *index)
{
    static const char *const keys[] = {"Description", "Digest"};
    const json_t *properties = json_object_get(resource, "Properties");
    for (size_t i = 0; i < countof(keys); i++) {
        const json_t *select = json_object_get(json_object_get(properties, keys[i]), "Fn::Select");
        const char *list = resolve_ref_name(json_array_get(select, 1));
        if (!list || strcmp(list, LAMBDA_DIGESTS) != 0)
            continue;
        *index = (size_t)json_integer_value(json_array_get(select, 0));
        return resolve_ref_name(json_object_get(properties, "FunctionName"));
    }
    return NULL;
}

const char *lambda_digests(struct arena *arena, const struct built *built, const json_t *given,
                           const struct upload *uploads, size_t n)
{
    const json_t *template = built_step_json(built, STEP_RESOURCES);
    const json_t *resources = json_object_get(template, "Resources");
    const struct zips zips = index_uploads(arena, uploads, n);
    const char *id, *function, **digests = NULL;
    json_t *values = digest_values(arena, given, template), *resource;
    struct buf text = {0};
    size_t count = 0, index;
    add_layers(arena, &zips, template, values);
    json_object_foreach((json_t *)resources, id, resource) {
        if (!(function = function_of_version(resource, &index)) ||
            index >= json_object_size(resources)) /* in no template that Gordon wrote */
            continue;
        while (count <= index)
            array_push(arena, digests, count, "");
        const char *digest = digest_with_zip(
            arena, &zips, json_object_get(json_object_get(resources, function), "Properties"),
            "Code", resources, values);
        digests[index] = arena_strndup(arena, digest, LAMBDA_DIGEST_DIGITS);
    }
    json_decref(values);
    for (size_t i = 0; i < count; i++)
        buf_add_item(&text, ",", digests[i]);
    return buf_text(arena, &text);
}
