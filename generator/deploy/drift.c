#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "deploy/bucket_error.h"
#include "deploy/deployed.h"
#include "deploy/deployment.h"
#include "deploy/drift.h"
#include "deploy/staging.h"
#include "deploy/upload.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/layer.h"
#include "parameters/lookup.h"
#include "parameters/params.h"
#include "resources/bundle.h"
#include "settings/project.h"
#include "template/action.h"
#include "template/cfn.h"

/* --- values ------------------------------------------------------------------------------- */

/* Returns the account's number from the stack's ARN, without asking AWS. NULL after an error. */
static const char *account(void *data)
{
    const struct drift *drift = data;
    const struct deployed_stack *stack = &drift->deployed->stacks[DEPLOYED_RESOURCES];
    const char *part = cfn_text(stack->json, "StackId");
    for (int i = 0; i < 4 && part; i++) { /* arn:aws:cloudformation:us-east-1:123456789012:stack/ */
        part = strchr(part, ':');
        part += part != NULL;
    }
    if (part)
        return arena_strndup(drift->deployment->arena, part, strcspn(part, ":"));
    diag_error(EXIT_OTHER, (struct pos){0}, "the account's number is not in the stack's ARN");
    return NULL;
}

static const char *value(enum protocol protocol, const char *rest, const struct node *node,
                         void *data)
{
    const struct drift *drift = data;
    struct deployment *d = drift->deployment;
    return lookup_value(&d->aws, d->files, protocol, rest, node);
}

/* Whether a context refers to this parameter: the step of actions declares those. */
static bool wanted(const char *name, void *data)
{
    const struct drift *drift = data;
    const json_t *actions = built_step_json(&drift->built, STEP_PRE_RESOURCES);
    return json_object_get(json_object_get(actions, "parameters"), name);
}

static void warn_of_missing(const struct drift *drift)
{
    const json_t *step = built_step_json(&drift->built, STEP_PRE_RESOURCES);
    const char *name;
    json_t *declared;
    json_object_foreach(json_object_get(step, "parameters"), name, declared)
        if (!json_object_get(drift->values, name))
            diag_warning(project_place_of_ref(drift->deployment->project, name),
                         "the parameter '%s' has no value for the stage '%s'", name,
                         drift->deployment->stage);
}

static void load_values(struct drift *drift)
{
    const struct deployment *d = drift->deployment;
    struct params_found found = {0};
    const struct params_context context = {
        .stage = d->stage,
        .region = d->region,
        .account = account,
        .value = value,
        .wanted = wanted,
        .data = drift,
        .found = &found,
    };
    drift->values = params_load(d->arena, d->project, &context);
    bool ok = drift->values != NULL; /* else the reason was reported */
    if (!ok)
        drift->values = json_object();
    json_object_set_new(drift->values, "Stage", json_string(d->stage));
    json_object_set_new(drift->values, "Region", json_string(d->region));
    json_object_set_new(drift->values, "CodeBucket", json_string(drift->deployed->bucket));
    if (ok)
        warn_of_missing(drift);
}

/* --- comparing ---------------------------------------------------------------------------- */

void drift_begin(struct drift *drift, struct deployment *d, const struct model *model,
                 const struct deployed *deployed)
{
    size_t errors = diag_errors();
    *drift = (struct drift){.deployment = d, .model = model, .deployed = deployed};
    drift->is_built = built_load(d->arena, d->build_dir, &drift->built);
    if (drift->is_built && deployed->listing) {
        load_values(drift);
        drift->transfer = (struct transfer){
            .arena = d->arena,
            .aws = &d->aws,
            .bucket_pos = bucket_pos(d->project),
            .built = &drift->built,
            .values = drift->values,
            .staging = staging_make(d->arena),
        };
    }
    diag_demote(errors);
}

void drift_release(struct drift *drift)
{
    staging_remove(drift->transfer.staging);
    built_release(&drift->built);
    json_decref(drift->values);
}

/* A zip, and the resource that is made of it: its id, and the property with the zip's key. */
struct deployed_zip {
    const struct bundle *bundle;
    const char *id, *part;
};

/* Returns the action that uploads the zip; NULL if the build has none. */
static const json_t *action_of(const struct drift *drift, const struct deployed_zip *zip)
{
    const json_t *step = built_step_json(&drift->built, STEP_PRE_RESOURCES);
    size_t i;
    const json_t *action;
    json_array_foreach(json_object_get(step, "actions"), i, action)
        if (strcmp(cfn_text(action, "key"), zip->bundle->zip_key) == 0)
            return action;
    return NULL;
}

/* Returns the object that the resource was made of; NULL if that is not known. It may not be the
 * latest: if the stack failed after an upload, the uploaded object is newer. */
static const json_t *object_of(const struct drift *drift, const struct deployed_zip *zip)
{
    const json_t *resources =
        json_object_get(built_step_json(&drift->built, STEP_RESOURCES), "Resources");
    const json_t *code = json_object_get(
        json_object_get(json_object_get(resources, zip->id), "Properties"), zip->part);
    const char *version = deployed_parameter(
        drift->deployed, cfn_text(json_object_get(code, "S3ObjectVersion"), "Ref"));
    size_t i;
    const json_t *object;
    json_array_foreach(json_object_get(drift->deployed->listing, "Versions"), i, object)
        if (version && strcmp(cfn_text(object, "VersionId"), version) == 0 &&
            strcmp(cfn_text(object, "Key"), zip->bundle->zip_key) == 0)
            return object;
    return NULL;
}

static bool has_values(const struct drift *drift, const json_t *action)
{
    json_t *names = json_object(), *declared;
    const char *name;
    bool ok = true;
    actions_declare(names, json_object_get(action, "context_to_inject"));
    json_object_foreach(names, name, declared)
        ok = ok && json_object_get(drift->values, name);
    json_decref(names);
    return ok;
}

static bool is_object(struct upload *upload, const json_t *object)
{
    struct stat st;
    if (stat(upload->staged, &st) != 0)
        fatal("%s cannot be read:", upload->staged);
    return upload_is_held(upload, st.st_size, json_integer_value(json_object_get(object, "Size")),
                          cfn_text(object, "ETag"));
}

static enum drift_code drift_of_zip(struct drift *drift, const struct deployed_zip *zip)
{
    const json_t *action = drift->is_built ? action_of(drift, zip) : NULL;
    const json_t *object = action ? object_of(drift, zip) : NULL;
    struct upload upload;
    size_t errors = diag_errors();
    if (!action)
        return DRIFT_NOT_BUILT;
    if (!object || !drift->transfer.staging || !has_values(drift, action))
        return DRIFT_UNKNOWN;
    enum drift_code code = DRIFT_UNKNOWN;
    if (transfer_stage(&drift->transfer, action, &upload)) {
        code = is_object(&upload, object) ? DRIFT_SAME : DRIFT_DIFFERS;
        unlink(upload.staged); /* keeps one at a time: all together may be large */
    }
    diag_demote(errors);
    return code;
}

enum drift_code drift_of(struct drift *drift, const struct lambda *lambda)
{
    const struct layer *layers[LAMBDA_LAYERS_MAX];
    const struct deployed_zip code = {lambda->bundle, lambda->id, "Code"};
    if (!lambda->bundle)
        return drift->is_built ? DRIFT_IMAGE : DRIFT_NOT_BUILT;
    enum drift_code found = drift_of_zip(drift, &code);
    size_t n = lambda_own_layers(drift->model, lambda, layers);
    for (size_t i = 0; i < n && found == DRIFT_SAME; i++) {
        const struct deployed_zip zip = {layers[i]->bundle, layers[i]->id, "Content"};
        found = drift_of_zip(drift, &zip);
    }
    return found;
}
