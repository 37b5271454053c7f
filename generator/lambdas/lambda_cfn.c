#include <assert.h>

#include "lambdas/lambda.h"
#include "lambdas/lambda_cfn.h"
#include "lambdas/lambda_part.h"
#include "lambdas/lambda_word.h"
#include "resources/bundle.h"
#include "resources/output.h"
#include "resources/reference.h"
#include "resources/runtime.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/action.h"
#include "template/cfn.h"
#include "template/limit.h"

/* All lambdas share one parameter for their digests. Its value has room for the digests of as many
 * lambdas as fit into a stack. */
static_assert(LIMIT_RESOURCES / LAMBDA_RESOURCES_MIN * (LAMBDA_DIGEST_DIGITS + 1) <= LIMIT_VALUE,
              "the digests of all lambdas of a stack fit into one value");

enum { MEMORY_DEFAULT = 128, TIMEOUT_DEFAULT = 3 };

/* The names of a lambda's resources, parameters and output. */
struct ids {
    const char *role, *s3_version, *s3_url, *custom_version, *native_version, *output;
};

static struct ids make_ids(struct arena *arena, const struct lambda *lambda)
{
    const char *name = lambda->short_id;
    return (struct ids){
        .role = arena_printf(arena, "%sRole", name),
        .s3_version = arena_printf(arena, "%sS3Version", name),
        .s3_url = arena_printf(arena, "%sS3Url", name),
        .custom_version = arena_printf(arena, "%sVersion", name),
        .native_version = arena_printf(arena, "%sPublished", name),
        .output = arena_printf(arena, OUTPUT_OWN "Lambda%s", lambda->id),
    };
}

static void write_upload(struct arena *arena, const struct lambda *lambda, const struct ids *ids,
                         struct actions *actions)
{
    json_t *context = action_value(lambda->context);
    if (!context)
        context = json_object();
    actions_upload(actions, lambda->bundle->action,
                   arena_printf(arena, "code/%s", lambda->bundle->zip_key), lambda->bundle->zip_key,
                   context, lambda->context_destination);
    actions_output(actions, ids->s3_url, lambda->bundle->action, "s3url");
    actions_output(actions, ids->s3_version, lambda->bundle->action, "s3version");
}

/* clang-format off */
static json_t *role(void)
{
    return json_pack("{s:s, s:{s:o}}",
        "Type", "AWS::IAM::Role",
        "Properties",
            "AssumeRolePolicyDocument", cfn_assume_role("lambda.amazonaws.com"));
}

/* Returns a number, even if it was written as text, or a Ref. */
static json_t *number(const struct node *node, int fallback)
{
    return node_dynamic(node) ? cfn_value(node) : json_integer(schema_int(node, fallback));
}

static json_t *architectures(const struct node *architecture)
{
    return node_set(architecture) ? json_pack("[s]", architecture->text) : NULL;
}

static json_t *description(const struct node *node)
{
    const char *text = node_text(node);
    return node_dynamic(node) || (text && *text) ? cfn_value(node) : NULL;
}

static json_t *function(const struct model *model, const struct lambda *lambda,
                        const struct ids *ids)
{
    const struct node *settings = lambda->settings, *own_role = node_get(settings, "role");
    return json_pack("{s:s, s:{s:o*, s:o, s:o, s:o, s:o*}}",
        "Type", "AWS::Lambda::Function",
        "Properties",
            "Description", description(node_get(settings, "description")),
            "MemorySize", number(node_get(settings, "memory"), MEMORY_DEFAULT),
            "Role", node_set(own_role) ? reference_value(model, own_role, WANT_ARN) : cfn_att(ids->role, "Arn"),
            "Timeout", number(node_get(settings, "timeout"), TIMEOUT_DEFAULT),
            "Architectures", architectures(node_get(settings, "architecture")));
}

static json_t *zip_code(const struct lambda *lambda, const struct ids *ids)
{
    return json_pack("{s:o, s:s, s:o}",
        "S3Bucket", cfn_ref("CodeBucket"),
        "S3Key", lambda->bundle->zip_key,
        "S3ObjectVersion", cfn_ref(ids->s3_version));
}

static json_t *digest(size_t index)
{
    return json_pack("{s:[i, o]}", "Fn::Select", (int)index, cfn_ref(LAMBDA_DIGESTS));
}

/* A custom resource, served by the lambda `version` of gordon.contrib.lambdas: by its function for
 * its own version, by its alias for all others. */
static json_t *custom_version(const struct model *model, const struct lambda *lambda,
                              const struct ids *ids, size_t index)
{
    return json_pack("{s:s, s:{s:o, s:o, s:o*, s:o}}",
        "Type", "Custom::LambdaVersion",
        "Properties",
            "Digest", digest(index),
            "FunctionName", cfn_ref(lambda->id),
            "S3ObjectVersion", lambda->bundle ? cfn_ref(ids->s3_version) : NULL,
            "ServiceToken", lambda == model->version ? cfn_att(lambda->id, "Arn")
                                                     : lambda_alias(model->version));
}

/* CloudFormation publishes a new version when the description changes, and keeps the old ones. */
static json_t *native_version(const struct lambda *lambda, size_t index)
{
    return json_pack("{s:s, s:s, s:s, s:{s:o, s:o}}",
        "Type", "AWS::Lambda::Version",
        "DeletionPolicy", "RetainExceptOnCreate",
        "UpdateReplacePolicy", "Retain",
        "Properties",
            "Description", digest(index),
            "FunctionName", cfn_ref(lambda->id));
}

static json_t *alias(const struct lambda *lambda, const char *version_id)
{
    return json_pack("{s:s, s:{s:o, s:o, s:s}}",
        "Type", "AWS::Lambda::Alias",
        "Properties",
            "FunctionName", cfn_ref(lambda->id),
            "FunctionVersion", cfn_att(version_id, "Version"),
            "Name", "current");
}
/* clang-format on */

/* Writes how the zip is uploaded, and what runs it. */
static void write_zip(const struct lambda_parts *parts, const struct ids *ids,
                      struct actions *actions)
{
    const struct lambda *lambda = parts->lambda;
    const struct node *handler = node_get(lambda->settings, "handler");
    write_upload(parts->model->arena, lambda, ids, actions);
    lambda_property(parts->function, "Code", zip_code(lambda, ids));
    lambda_property(parts->function, "Handler",
                    node_set(handler) ? cfn_value(handler) : json_string(lambda->handler));
    lambda_property(parts->function, "Runtime", json_string(lambda->runtime->identifier));
}

/* Adds the resources once all subjects have written into them. */
static void add_resources(const struct lambda_parts *parts, const struct ids *ids,
                          const char *version)
{
    const struct lambda *lambda = parts->lambda;
    struct pos pos = lambda->key->pos;
    if (parts->role)
        cfn_add(parts->cfn, pos, ids->role, parts->role);
    cfn_add(parts->cfn, pos, lambda->id, parts->function);
    if (lambda->bundle)
        cfn_reserve(parts->cfn, pos, ids->s3_version);
    cfn_parameter(parts->cfn, pos, LAMBDA_DIGESTS, "CommaDelimitedList");
    cfn_add(parts->cfn, pos, version, parts->version);
    cfn_add(parts->cfn, pos, lambda->alias_id, parts->alias);
}

void lambda_write(const struct model *model, const struct resource *resource, struct steps *steps)
{
    const struct lambda *lambda = resource->data;
    struct actions *actions = &steps->actions[STEP_PRE_RESOURCES];
    const struct ids ids = make_ids(model->arena, lambda);
    const char *version = model->version ? ids.custom_version : ids.native_version;
    size_t index = steps->ndigests++;
    struct lambda_parts parts = {
        .model = model,
        .lambda = lambda,
        .steps = steps,
        .cfn = &steps->cfn[STEP_RESOURCES],
        .function = function(model, lambda, &ids),
        .version = model->version ? custom_version(model, lambda, &ids, index)
                                  : native_version(lambda, index),
        .alias = alias(lambda, version),
        .role = node_set(node_get(lambda->settings, "role")) ? NULL : role(),
    };
    if (lambda->bundle)
        write_zip(&parts, &ids, actions);
    lambda_words_write(&parts);
    add_resources(&parts, &ids, version);
    if (schema_flag(node_get(lambda->settings, "cli-output"), true))
        cfn_output(parts.cfn, lambda->key->pos, ids.output,
                   json_pack("{s:o}", "Value", lambda_alias(lambda)));
}
