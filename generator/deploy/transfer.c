#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "build/built.h"
#include "deploy/bucket_error.h"
#include "deploy/lambda_digest.h"
#include "deploy/transfer.h"
#include "deploy/upload.h"
#include "lambdas/lambda_cfn.h"
#include "lambdas/layer.h"
#include "parameters/resolve.h"
#include "settings/partition.h"
#include "stacks/digest.h"
#include "template/action.h"
#include "template/cfn.h"

enum { BODY_MAX = 51200 }; /* bytes of a template in a request (CloudFormation quotas) */

static const char *action_ref_name(const json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "_type"));
    return type && strcmp(type, "Ref") == 0 ? json_string_value(json_object_get(value, "name"))
                                            : NULL;
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
    json_object_set_new(a->values, LAMBDA_DIGESTS,
                        json_string(lambda_digests(a->arena, a->built, a->values, uploads, n)));
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
    const char *function = resolve_ref_name(json_object_get(properties, "FunctionName"));
    const json_t *code = json_object_get(
        json_object_get(json_object_get(resources, function ? function : ""), "Properties"),
        "Code");
    const char *key = arena_strdup(a->arena, cfn_text(code, "S3Key"));
    return *key && !table_set(a->arena, &a->marked, key, a);
}
