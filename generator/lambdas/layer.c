#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "lambdas/layer.h"
#include "resources/bundle.h"
#include "resources/runtime.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/extra.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/action.h"
#include "template/cfn.h"

/* What CloudFormation takes (AWS::Lambda::LayerVersion, and PublishLayerVersion of Lambda's API).
 */
enum { RUNTIMES_MAX = 15, LICENSE_MAX = 512, LAYER_NAME_MAX = 140, STAGE_MAX = 16 };

static const struct field layer_fields[] = {
    {"code", FIELD_NAME, .required = true},
    {"runtimes", FIELD_TEXTS},
    {"architectures", FIELD_TEXTS},
    {"description", FIELD_TEXT},
    {"license", FIELD_TEXT},
    BUNDLE_FIELDS,
    VERBATIM_FIELDS,
};

/* --- reading ------------------------------------------------------------------------------ */

static bool check_known(const struct node *node, const char *key)
{
    return !node_dynamic(node) ||
           diag_error(EXIT_VALUE, node->pos, "%s are needed when building and cannot be a ref",
                      key);
}

static bool read_runtime(const struct model *model, struct layer *layer, const struct node *node)
{
    const struct runtime *runtime = check_known(node, "runtimes") ? runtime_read(node) : NULL;
    for (size_t i = 0; runtime && i < layer->nruntimes; i++)
        if (strcmp(layer->runtimes[i]->identifier, runtime->identifier) == 0)
            return diag_error(EXIT_VALUE, node->pos, "the runtime %s is in this list twice",
                              runtime->identifier);
    if (runtime)
        array_push(model->arena, layer->runtimes, layer->nruntimes, runtime);
    return runtime;
}

static bool read_runtimes(const struct model *model, struct layer *layer, const struct node *list)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(list); i++)
        ok = read_runtime(model, layer, node_item(list, i)) && ok;
    if (!ok)
        layer->nruntimes = 0; /* lambdas must not be compared with a part */
    return ok && (layer->nruntimes <= RUNTIMES_MAX ||
                  diag_error(EXIT_VALUE, list->pos, "a layer has at most %d runtimes, not %zu",
                             RUNTIMES_MAX, layer->nruntimes));
}

static bool read_architectures(const struct model *model, struct layer *layer,
                               const struct node *list)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(list); i++) {
        const struct node *node = node_item(list, i);
        if (!check_known(node, "architectures") || !bundle_check_architecture(node)) {
            ok = false;
            continue;
        }
        for (size_t k = 0; k < layer->narchitectures; k++)
            if (strcmp(layer->architectures[k], node->text) == 0)
                ok = diag_error(EXIT_VALUE, node->pos, "the architecture %s is in this list twice",
                                node->text);
        array_push(model->arena, layer->architectures, layer->narchitectures, node->text);
    }
    return ok;
}

/* The oldest runtime of a language, or NULL if there are several languages, or none. What is
 * installed for it most likely works for newer ones, too. */
static const struct runtime *oldest(const struct layer *layer)
{
    const struct runtime *found = layer->nruntimes ? layer->runtimes[0] : NULL;
    for (size_t i = 1; found && i < layer->nruntimes; i++) {
        const struct runtime *other = layer->runtimes[i];
        if (other->language != found->language)
            return NULL;
        found = runtime_is_older(other, found) ? other : found;
    }
    return found;
}

/* Whether a language has a folder of its own in layers (Lambda Developer Guide, "Packaging your
 * layer content"). */
static bool has_folder(enum language language)
{
    return language == LANG_PYTHON || language == LANG_NODE || language == LANG_JAVA ||
           language == LANG_RUBY;
}

/* Sets what the zip is packed for. */
static void set_platform(const struct layer *layer, struct bundle *bundle)
{
    const struct runtime *runtime = oldest(layer);
    const struct runtime *implied = runtime_of_extension(path_extension(bundle->code->text));
    runtime = runtime || layer->nruntimes ? runtime : implied;
    bundle->runtime = runtime ? runtime : runtime_of_program();
    bundle->language = runtime && has_folder(runtime->language) ? runtime->language : LANG_NONE;
    bundle->architecture = layer->narchitectures ? layer->architectures[0] : "x86_64";
}

static bool check_target(const struct layer *layer, const struct bundle *bundle)
{
    return !bundle_target(bundle->code->text) || layer->narchitectures < 2 ||
           diag_error(EXIT_RESOURCE, node_get(bundle->settings, "architectures")->pos,
                      "CMake builds the target %s for one architecture; name only that",
                      bundle_target(bundle->code->text));
}

/* A .py or .js file cannot be for another language alone. */
static bool check_file(const struct layer *layer, const struct bundle *bundle)
{
    const struct runtime *implied = runtime_of_extension(path_extension(bundle->code->text));
    const struct runtime *runtime = oldest(layer);
    return !implied || !runtime || implied->language == runtime->language ||
           diag_error(EXIT_RESOURCE, node_get(bundle->settings, "runtimes")->pos,
                      "the runtime '%s' does not run the code '%s'", runtime->identifier,
                      bundle->code->text);
}

/* Returns "<project>-<app>_<name>" with '-' for what AWS does not take. */
static const char *layer_name(struct arena *arena, const struct project *project,
                              const struct resource *resource)
{
    const char *app = resource->app->name;
    char *name =
        arena_printf(arena, "%s-%s%s%s", project->name, app, *app ? "_" : "", resource->name);
    for (char *c = name; *c; c++)
        if (!strchr(STR_ALNUM "_-", *c))
            *c = '-';
    return name;
}

static bool set_names(struct model *model, struct layer *layer, const struct resource *resource)
{
    const char *id = resource_app_id(model, resource);
    layer->name = layer_name(model->arena, model->project, resource);
    if (!id)
        return false;
    layer->id = arena_printf(model->arena, "%sLayer", id);
    return strlen(layer->name) + STAGE_MAX + 1 <= LAYER_NAME_MAX ||
           diag_error(EXIT_VALUE, resource->key->pos,
                      "the layer is called <stage>-%s in AWS, which takes %d characters; shorten "
                      "its name by %zu",
                      layer->name, LAYER_NAME_MAX,
                      strlen(layer->name) + STAGE_MAX + 1 - LAYER_NAME_MAX);
}

static bool check_license(const struct node *license)
{
    const char *text = node_text(license);
    return !text || node_dynamic(license) || (*text && str_characters(text) <= LICENSE_MAX) ||
           diag_error(EXIT_VALUE, license->pos, "a license has 1 to %d characters", LICENSE_MAX);
}

static bool check_content(const struct node *content)
{
    return !content || diag_error(EXIT_RESOURCE, content->pos,
                                  "Gordon writes the Content of a layer, by the setting 'code'");
}

static bool layer_read(struct model *model, struct resource *resource)
{
    struct layer *layer = arena_alloc(model->arena, sizeof *layer);
    struct bundle *bundle = bundle_new(model, resource, "-layer");
    const struct node *settings = resource->settings;
    *layer = (struct layer){.bundle = bundle};
    bundle->layer = layer;
    bundle->title = arena_printf(model->arena, "the layer %s", bundle->reference);
    bundle->action =
        arena_strndup(model->arena, bundle->zip_key, strlen(bundle->zip_key) - strlen(".zip"));
    resource->data = layer;
    table_set(model->arena, &model->layers, bundle->reference, layer);
    bool ok = bundle_check_name(bundle) && set_names(model, layer, resource) &&
              bundle_check_zip(model, bundle);
    if (!schema_check(layer_fields, countof(layer_fields), settings, resource->key, "a layer"))
        return false;
    if (!bundle_read_code(model, bundle))
        return false;
    ok = read_runtimes(model, layer, node_get(settings, "runtimes")) && ok;
    ok = read_architectures(model, layer, node_get(settings, "architectures")) && ok;
    set_platform(layer, bundle);
    ok = check_file(layer, bundle) && check_target(layer, bundle) && ok;
    ok = bundle_check_building(bundle) && ok;
    ok = extra_check(settings) && verbatim_check(settings) && ok;
    ok = check_content(node_get(node_get(settings, "properties"), "Content")) && ok;
    ok = bundle_check_description(node_get(settings, "description")) && ok;
    ok = check_license(node_get(settings, "license")) && ok;
    return ok;
}

const char *layer_runtimes(struct arena *arena, const struct layer *layer)
{
    struct buf text = {0};
    for (size_t i = 0; i < layer->nruntimes; i++)
        buf_add_item(&text, " ", layer->runtimes[i]->identifier);
    return buf_text(arena, &text);
}

const char *layer_architectures(struct arena *arena, const struct layer *layer)
{
    struct buf text = {0};
    for (size_t i = 0; i < layer->narchitectures; i++)
        buf_add_item(&text, " ", layer->architectures[i]);
    return buf_text(arena, &text);
}

/* --- references --------------------------------------------------------------------------- */

static const char *nearest_reference(const struct model *model, const char *text)
{
    const char **names = NULL;
    size_t n = 0;
    if (!diag_suggests())
        return NULL;
    for (size_t i = 0; i < model->nbundles; i++) {
        const struct bundle *bundle = model->bundles[i];
        if (!bundle->layer)
            continue;
        if (strcmp(bundle->resource->name, text) == 0)
            return bundle->reference;
        array_push(model->arena, names, n, bundle->reference);
    }
    return str_nearest(text, names, n);
}

const struct layer *layer_find(const struct model *model, const struct app *app,
                               const struct node *node)
{
    const char *own = arena_printf(model->arena, "%s.%s", app->name, node->text);
    const struct layer *layer = table_get(&model->layers, own);
    layer = layer ? layer : table_get(&model->layers, node->text);
    if (layer)
        return layer;
    const char *near = nearest_reference(model, node->text);
    if (near)
        diag_error(EXIT_NOT_FOUND, node->pos, "there is no layer '%s'; did you mean '%s'?",
                   node->text, near);
    else
        diag_error(EXIT_NOT_FOUND, node->pos,
                   "there is no layer '%s'; name one of 'layers' in the app or the project, or "
                   "write app.name, an ARN or a ref",
                   node->text);
    return NULL;
}

/* --- writing ------------------------------------------------------------------------------ */

static json_t *runtimes_json(const struct layer *layer)
{
    json_t *list = layer->nruntimes ? json_array() : NULL;
    for (size_t i = 0; i < layer->nruntimes; i++)
        json_array_append_new(list, json_string(layer->runtimes[i]->identifier));
    return list;
}

static json_t *architectures_json(const struct layer *layer)
{
    json_t *list = layer->narchitectures ? json_array() : NULL;
    for (size_t i = 0; i < layer->narchitectures; i++)
        json_array_append_new(list, json_string(layer->architectures[i]));
    return list;
}

/* clang-format off */
static json_t *layer_version(struct arena *arena, const struct layer *layer, const char *s3_version)
{
    const struct node *settings = layer->bundle->settings;
    const char *description = node_text(node_get(settings, "description"));
    return json_pack("{s:s, s:s, s:s, s:{s:o*, s:o*, s:{s:o, s:s, s:o}, s:o*, s:o, s:o*}}",
        "Type", LAYER_TYPE,
        "DeletionPolicy", "RetainExceptOnCreate",
        "UpdateReplacePolicy", "Retain",
        "Properties",
            "CompatibleArchitectures", architectures_json(layer),
            "CompatibleRuntimes", runtimes_json(layer),
            "Content",
                "S3Bucket", cfn_ref("CodeBucket"),
                "S3Key", layer->bundle->zip_key,
                "S3ObjectVersion", cfn_ref(s3_version),
            "Description", description && *description
                ? cfn_value(node_get(settings, "description")) : NULL,
            "LayerName", cfn_sub(arena_printf(arena, "${Stage}-%s", layer->name)),
            "LicenseInfo", cfn_value(node_get(settings, "license")));
}
/* clang-format on */

static void layer_write(const struct model *model, const struct resource *resource,
                        struct steps *steps)
{
    const struct layer *layer = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    struct actions *actions = &steps->actions[STEP_PRE_RESOURCES];
    const char *s3_version = arena_printf(model->arena, "%sS3Version", layer->id);
    actions_upload(actions, layer->bundle->action,
                   arena_printf(model->arena, "code/%s", layer->bundle->zip_key),
                   layer->bundle->zip_key, NULL, NULL);
    actions_output(actions, s3_version, layer->bundle->action, "s3version");
    cfn_add(
        cfn, resource->key->pos, layer->id,
        verbatim_merge(layer_version(model->arena, layer, s3_version), layer->bundle->settings));
    cfn_reserve(cfn, resource->key->pos, s3_version);
}

const struct kind layer_kind = {LAYER_KEY, .read = layer_read, .write = layer_write};
