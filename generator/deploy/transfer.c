#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "build/built.h"
#include "deploy/bucket_error.h"
#include "deploy/transfer.h"
#include "deploy/upload.h"
#include "resources/lambda_cfn.h"
#include "resources/layer.h"
#include "settings/partition.h"
#include "stacks/digest.h"
#include "template/action.h"
#include "template/cfn.h"

enum { BODY_MAX = 51200 }; /* bytes of a template in a request (CloudFormation quotas) */

/* Returns a copy of `value` with values in place of references to parameters; `is_ref` returns the
 * name in a reference, or NULL. A reference to a parameter without a value stays. */
static json_t *resolve(const json_t *value, const json_t *values,
                       const char *(*is_ref)(const json_t *value))
{
    const char *name = is_ref(value), *key;
    size_t i;
    json_t *child, *copy;
    json_t *known = name ? json_object_get(values, name) : NULL;
    if (known)
        return json_incref(known);
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach((json_t *)value, i, child)
            json_array_append_new(copy, resolve(child, values, is_ref));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = json_object();
    json_object_foreach((json_t *)value, key, child)
        json_object_set_new(copy, key, resolve(child, values, is_ref));
    return copy;
}

static const char *action_ref_name(const json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "_type"));
    return type && strcmp(type, "Ref") == 0 ? json_string_value(json_object_get(value, "name"))
                                            : NULL;
}

static const char *cfn_ref_name(const json_t *value)
{
    return json_object_size(value) == 1 ? json_string_value(json_object_get(value, "Ref")) : NULL;
}

bool transfer_stage(struct transfer *a, const json_t *action, struct upload *upload)
{
    *upload = (struct upload){.action = cfn_text(action, "name"),
                              .label = cfn_text(action, "filename"),
                              .key = cfn_text(action, "key")};
    upload->marked = table_get(&a->marked, upload->key) != NULL;
    bool plain = strcmp(cfn_text(action, "_type"), ACTION_UPLOAD) == 0;
    if ((!plain && strcmp(cfn_text(action, "_type"), ACTION_UPLOAD_CONTEXT) != 0) || !*upload->key)
        return diag_error(EXIT_ACTION, (struct pos){.file = a->built->dir},
                          "the action '%s' is not one that this Gordon knows; build again",
                          upload->action);
    const json_t *map = json_object_get(action, "context_to_inject");
    if ((!plain && !json_is_object(map)) || path_relative_fault(upload->key) ||
        path_relative_fault(upload->label))
        return diag_error(EXIT_ACTION, (struct pos){.file = a->built->dir},
                          "the action '%s' is not one that this Gordon wrote; build again",
                          upload->action);
    json_t *context = plain ? NULL : resolve(map, a->values, action_ref_name);
    bool ok = upload_stage(a->aws, upload, path_join(a->arena, a->built->dir, upload->label),
                           a->staging, context, cfn_text(action, "context_destinaton"));
    json_decref(context);
    return ok;
}

/* --- the digests of lambdas --------------------------------------------------------------- */

/* The uploads by their keys. */
struct zips {
    struct table by_key;
};

static struct zips index_uploads(struct arena *arena, struct upload *uploads, size_t n)
{
    struct zips zips = {0};
    for (size_t i = 0; i < n; i++)
        table_set(arena, &zips.by_key, uploads[i].key, &uploads[i]);
    return zips;
}

/* Properties of a function that its versions do not have: by a change of them alone, Lambda
 * publishes no version. */
static const char *const unversioned[] = {"RecursiveLoop", "ReservedConcurrentExecutions", "Tags"};

/* Returns a digest of a zip, which an S3Key under `part` of the properties names, and of all other
 * properties. */
static const char *digest_with_zip(struct arena *arena, const struct zips *zips,
                                   const json_t *properties, const char *part, const json_t *values)
{
    const char *key = cfn_text(json_object_get(properties, part), "S3Key");
    const struct upload *upload = table_get(&zips->by_key, key);
    json_t *copy = resolve(properties, values, cfn_ref_name);
    if (upload)
        json_object_del(copy, part); /* the zip's digest stands for it */
    for (size_t i = 0; i < countof(unversioned); i++)
        json_object_del(copy, unversioned[i]);
    char *text = cfn_dump(copy, JSON_COMPACT), *hex = arena_alloc(arena, SHA256_HEX);
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, upload ? upload->sha256 : "", upload ? strlen(upload->sha256) : 0);
    sha256_add(&digest, text, strlen(text));
    sha256_hex(&digest, hex);
    free(text);
    json_decref(copy);
    return hex;
}

/* Adds digests of the layers, in place of their versions, which only CloudFormation knows. */
static void add_layers(struct transfer *a, const struct zips *zips, const json_t *template,
                       json_t *values)
{
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(template, "Resources"), id, resource)
        if (strcmp(cfn_text(resource, "Type"), LAYER_TYPE) == 0)
            json_object_set_new(
                values, id,
                json_string(digest_with_zip(a->arena, zips, json_object_get(resource, "Properties"),
                                            "Content", values)));
}

/* Returns the values of parameters (new) for the digests of lambdas, with slow digests for secrets:
 * everybody who may read the stack sees the digests of lambdas. */
static json_t *digest_values(struct transfer *a, const json_t *template)
{
    const char *name, *bucket = cfn_text(a->values, "CodeBucket");
    json_t *values = json_copy(a->values), *value;
    json_object_foreach(a->values, name, value)
        if (cfn_hides(template, name))
            json_object_set_new(values, name,
                                json_string(stack_digest_secret(a->arena, bucket, name, value)));
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
        const char *list = cfn_ref_name(json_array_get(select, 1));
        if (!list || strcmp(list, LAMBDA_DIGESTS) != 0)
            continue;
        *index = (size_t)json_integer_value(json_array_get(select, 0));
        return cfn_ref_name(json_object_get(properties, "FunctionName"));
    }
    return NULL;
}

/* Returns the digests of what the versions have, in their order: the zip with the context, and the
 * configuration, layers included. */
static const char *lambda_digests(struct transfer *a, struct upload *uploads, size_t n)
{
    const json_t *template = built_step_json(a->built, STEP_RESOURCES);
    const json_t *resources = json_object_get(template, "Resources");
    const struct zips zips = index_uploads(a->arena, uploads, n);
    const char *id, *function, **digests = NULL;
    json_t *values = digest_values(a, template), *resource;
    struct buf text = {0};
    size_t count = 0, index;
    add_layers(a, &zips, template, values);
    json_object_foreach((json_t *)resources, id, resource) {
        if (!(function = function_of_version(resource, &index)))
            continue;
        while (count <= index)
            array_push(a->arena, digests, count, "");
        const char *digest = digest_with_zip(
            a->arena, &zips, json_object_get(json_object_get(resources, function), "Properties"),
            "Code", values);
        digests[index] = arena_strndup(a->arena, digest, LAMBDA_DIGEST_DIGITS);
    }
    json_decref(values);
    for (size_t i = 0; i < count; i++)
        buf_add_item(&text, ",", digests[i]);
    return buf_text(a->arena, &text);
}

/* Adds the outputs of the actions, and LambdaDigests, to the values for the following steps. */
static void set_outputs(struct transfer *a, const json_t *template, struct upload *uploads,
                        size_t n, const char *bucket)
{
    const char *name;
    json_t *output;
    json_object_foreach(json_object_get(template, "outputs"), name, output) {
        const json_t *value = json_object_get(output, "value");
        bool is_version = strcmp(cfn_text(value, "attr"), "s3version") == 0;
        for (size_t i = 0; i < n; i++)
            if (strcmp(uploads[i].action, cfn_text(value, "action")) == 0)
                json_object_set_new(
                    a->values, name,
                    is_version
                        ? json_string(uploads[i].version ? uploads[i].version : TRANSFER_LATER)
                        : json_sprintf("s3://%s/%s", bucket, uploads[i].key));
    }
    json_object_set_new(a->values, LAMBDA_DIGESTS, json_string(lambda_digests(a, uploads, n)));
}

/* Stages a template that is too large for a request; its key is the digest of its content. */
static bool stage_template(struct transfer *a, const char *label, const char *body,
                           struct upload *upload)
{
    *upload = (struct upload){.action = "", .label = label};
    sha256_text(body, upload->sha256);
    upload->key = arena_printf(a->arena, "templates/%s.json", upload->sha256);
    upload->staged = path_join(a->arena, a->staging, upload->key);
    if (!file_write(upload->staged, body, strlen(body), 0600))
        return diag_error(EXIT_OTHER, (struct pos){.file = upload->staged}, "%s", strerror(errno));
    const char *domain = partition_of(a->aws->region)->domain;
    a->template_url = arena_printf(a->arena, "https://s3.%s.%s/%s/%s", a->aws->region, domain,
                                   cfn_text(a->values, "CodeBucket"), upload->key);
    return true;
}

/* Whether the step before has an output with the name of the bucket; reports an error if not. */
static bool check_bucket(const char *bucket)
{
    return *bucket || diag_error(EXIT_OTHER, (struct pos){0},
                                 "the project's stack has no output CodeBucket, from which apply "
                                 "takes the bucket's name; delete the stack, and apply again");
}

static struct upload_to where(const struct transfer *a)
{
    return (struct upload_to){cfn_text(a->values, "CodeBucket"), a->bucket_pos, a->staging};
}

bool transfer_run(struct transfer *a, const struct built_step *step)
{
    const json_t *actions = json_object_get(step->json, "actions");
    const json_t *next = built_step_json(a->built, STEP_RESOURCES);
    const struct upload_to to = where(a);
    size_t n = json_array_size(actions), total = n;
    struct upload *uploads = arena_alloc(a->arena, (n + 1) * sizeof *uploads);
    char *body = stack_digest_body(next);
    bool ok = check_bucket(to.bucket);
    for (size_t i = 0; ok && i < n; i++)
        ok = transfer_stage(a, json_array_get(actions, i), &uploads[i]);
    if (ok && body && strlen(body) > BODY_MAX) /* it goes with the same upload */
        ok = stage_template(a, "the template of the next step", body, &uploads[total++]);
    free(body);
    ok = ok && upload_all(a->aws, &to, uploads, total, &a->listing);
    if (ok)
        set_outputs(a, step->json, uploads, n, to.bucket);
    return ok;
}

bool transfer_template(struct transfer *a, const char *label, const char *body)
{
    struct upload upload;
    const struct upload_to to = where(a);
    if (strlen(body) <= BODY_MAX || a->template_url)
        return true;
    return stage_template(a, label, body, &upload) && upload_all(a->aws, &to, &upload, 1, NULL);
}

bool transfer_compare(struct transfer *a, const struct built_step *step, struct upload **uploads,
                      size_t *n)
{
    const json_t *actions = json_object_get(step->json, "actions");
    const char *bucket = cfn_text(a->values, "CodeBucket");
    *n = json_array_size(actions);
    *uploads = arena_alloc(a->arena, (*n + 1) * sizeof **uploads);
    for (size_t i = 0; i < *n; i++)
        if (!transfer_stage(a, json_array_get(actions, i), &(*uploads)[i]))
            return false;
    if (*bucket) {
        a->listing = aws_list_versions(a->aws, bucket);
        if (!a->listing)
            return bucket_error(a->bucket_pos, bucket, a->aws->error);
        upload_find(a->aws, a->listing, *uploads, *n);
    }
    set_outputs(a, step->json, *uploads, *n, bucket);
    return true;
}

bool transfer_lend_template(struct transfer *a, const char *label, const char *body,
                            const char **version)
{
    struct upload upload;
    const char *bucket = cfn_text(a->values, "CodeBucket");
    *version = NULL;
    a->template_url = NULL;
    if (strlen(body) <= BODY_MAX)
        return true;
    if (!stage_template(a, label, body, &upload))
        return false;
    *version = aws_put_object(a->aws, bucket, upload.key, upload.staged);
    a->lent = upload.key;
    return *version || bucket_error(a->bucket_pos, bucket, a->aws->error);
}

bool transfer_return_template(struct transfer *a, const char *bucket, const char *version)
{
    if (!version)
        return true;
    json_t *objects = json_pack("[{s:s, s:s}]", "Key", a->lent, "VersionId", version);
    a->aws->tidying = true;
    bool ok = aws_delete_objects(a->aws, bucket, objects);
    a->aws->tidying = false;
    return ok || bucket_error(a->bucket_pos, bucket, a->aws->error);
}

bool transfer_mark(struct transfer *a, const char *version)
{
    const json_t *resources =
        json_object_get(built_step_json(a->built, STEP_RESOURCES), "Resources");
    const json_t *properties = json_object_get(json_object_get(resources, version), "Properties");
    const char *function = cfn_ref_name(json_object_get(properties, "FunctionName"));
    const json_t *code = json_object_get(
        json_object_get(json_object_get(resources, function ? function : ""), "Properties"),
        "Code");
    const char *key = arena_strdup(a->arena, cfn_text(code, "S3Key"));
    return *key && !table_set(a->arena, &a->marked, key, a);
}
