#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_cfn.h"
#include "lambdas/lambda_check.h"
#include "lambdas/lambda_defaults.h"
#include "lambdas/lambda_image.h"
#include "lambdas/lambda_kind.h"
#include "lambdas/lambda_word.h"
#include "resources/bundle.h"
#include "resources/runtime.h"
#include "settings/extra.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"

static bool set_ids(struct model *model, struct lambda *lambda)
{
    struct arena *a = model->arena;
    const struct node *logical = node_get(lambda->settings, "logical-name");
    const char *name = node_text(logical) ? logical->text : lambda->name;
    const struct node *place = node_text(logical) ? logical : lambda->key;
    lambda->short_id = name_id(a, name, NULL);
    lambda->id = name_id(a, lambda->app->name, name, NULL);
    lambda->alias_id = arena_printf(a, "%sCurrentalias", lambda->short_id);
    if (*lambda->short_id)
        return true;
    return diag_error(EXIT_VALUE, place->pos,
                      "'%s' has no letter or digit that a logical id could be made of%s", name,
                      node_text(logical) ? "" : "; give the lambda a 'logical-name'");
}

/* Two lambdas must not share the ids made of their names. */
static bool check_unique(struct model *model, struct lambda *lambda)
{
    const struct lambda *other = table_set(model->arena, &model->ids, lambda->short_id, lambda);
    if (other) {
        diag_error(EXIT_DUPLICATE, lambda->key->pos,
                   "the lambdas '%s' and '%s' both get the logical ids '%s...'; give one of them a "
                   "'logical-name'",
                   other->reference, lambda->reference, lambda->short_id);
        diag_note(other->key->pos, "the other one is here");
        return false;
    }
    table_set(model->arena, &model->lambdas, lambda->reference, lambda);
    return true;
}

/* A program brings its own runtime, so a runtime for a language is an error. */
static bool read_target_runtime(struct lambda *lambda)
{
    const struct node *runtime = node_get(lambda->settings, "runtime");
    lambda->runtime = node_set(runtime) ? runtime_read(runtime) : runtime_of_program();
    if (!lambda->runtime || lambda->runtime->language == LANG_OTHER)
        return lambda->runtime;
    return diag_error(EXIT_RESOURCE, runtime->pos,
                      "the runtime '%s' does not run the program of the target '%s'; "
                      "provided.al2023 does, and is the default",
                      runtime->text, bundle_target(lambda->bundle->code->text));
}

/* A .py or .js file implies its runtime, and a target is a program; any other code needs
 * `runtime`. */
static bool read_runtime(struct lambda *lambda)
{
    if (bundle_target(lambda->bundle->code->text))
        return read_target_runtime(lambda);
    const struct node *runtime = node_get(lambda->settings, "runtime");
    const char *extension = path_extension(lambda->bundle->code->text);
    const struct runtime *implied = runtime_of_extension(extension);
    if (node_set(runtime)) {
        lambda->runtime = runtime_read(runtime);
        if (lambda->runtime && implied && implied->language != lambda->runtime->language)
            return diag_error(EXIT_RESOURCE, runtime->pos,
                              "the runtime '%s' does not run the code '%s'", runtime->text,
                              lambda->bundle->code->text);
        return lambda->runtime;
    }
    lambda->runtime = implied;
    if (implied)
        return true;
    if (*extension)
        return diag_error(
            EXIT_EXTENSION, lambda->bundle->code->pos,
            "the extension '%s' does not imply a runtime (.py and .js do); set 'runtime'",
            extension);
    return diag_error(EXIT_REQUIRED, lambda->key->pos,
                      "a lambda needs the setting 'runtime', unless its code is a .py or .js file");
}

/* A file is packed as code.<extension>, so Lambda would not find a handler in another module: a
 * warning. A program has no functions to call, so its handler is the file `bootstrap` by
 * default. */
static void read_handler(struct lambda *lambda)
{
    const struct node *handler = node_get(lambda->settings, "handler");
    bool program = lambda->runtime && (lambda->runtime->language == LANG_GO ||
                                       lambda->runtime->language == LANG_OTHER);
    lambda->handler = node_set(handler) ? handler->text : program ? "bootstrap" : "code.handler";
    const char *extension = path_extension(lambda->bundle->code->text);
    if (!node_set(handler) || node_dynamic(handler) || !runtime_of_extension(extension) ||
        bundle_target(lambda->bundle->code->text) || str_starts(handler->text, "code."))
        return;
    diag_warning(handler->pos,
                 "the file %s is packed as code%s, so its handler is called code.<function>",
                 path_base(lambda->bundle->code->text), extension);
}

static bool read_context(const struct model *model, struct lambda *lambda)
{
    const struct node *name = node_get(lambda->settings, "context");
    const struct node *destination = node_get(lambda->settings, "context-destination");
    if (!node_set(destination))
        destination = node_get(lambda->settings, "context-destinaton");
    lambda->context_destination = node_set(destination) ? destination->text : ".context";
    lambda->context = node_get(node_get(model->project->settings, "contexts"),
                               node_set(name) ? name->text : "default");
    const char *fault = path_relative_fault(lambda->context_destination);
    if (fault || strpbrk(lambda->context_destination, "\r\n"))
        return diag_error(EXIT_VALUE, destination->pos,
                          "context-destination is a path inside of the zip, as in config/context; "
                          "this one %s",
                          fault ? fault : "has a line end");
    return lambda->context || !node_set(name) || strcmp(name->text, "default") == 0 ||
           lambda_check_named(model, name, "contexts");
}

/* Notes the lambdas of Gordon's own apps that other resources use. */
static void note_contrib(struct model *model, const struct lambda *lambda)
{
    if (!lambda->app->contrib)
        return;
    if (strcmp(lambda->reference, "contrib_lambdas.version") == 0)
        model->version = lambda;
    else if (strcmp(lambda->reference, "contrib_helpers.sleep") == 0)
        model->sleep = lambda;
    else if (strcmp(lambda->reference, "contrib_s3.bucket_notification_configuration") == 0)
        model->bucket_notifications = lambda;
}

static const char *lambda_architecture(const struct lambda *lambda)
{
    const char *text = node_text(node_get(lambda->settings, "architecture"));
    return text ? text : "x86_64";
}

/* Reads the settings of a lambda with a zip, after their schema and the code. */
static bool read_zip(struct model *model, struct lambda *lambda, struct bundle *bundle)
{
    bool ok = read_runtime(lambda);
    bundle->runtime = lambda->runtime;
    bundle->language = lambda->runtime ? lambda->runtime->language : LANG_NONE;
    bundle->architecture = lambda_architecture(lambda);
    ok = bundle_check_building(bundle) && ok;
    ok = extra_check(lambda->settings) && ok;
    read_handler(lambda);
    return read_context(model, lambda) && ok;
}

static struct bundle *make_bundle(struct model *model, struct resource *resource,
                                  struct lambda *lambda)
{
    const char *logical = node_text(node_get(lambda->settings, "logical-name"));
    struct bundle *bundle = bundle_new(model, resource, "");
    bundle->action = arena_printf(model->arena, "%s-upload", logical ? logical : lambda->name);
    bundle->lambda = lambda;
    lambda->bundle = bundle;
    return bundle;
}

static bool lambda_read(struct model *model, struct resource *resource)
{
    size_t nfields;
    const struct field *fields = lambda_fields(&nfields);
    struct lambda *lambda = arena_alloc(model->arena, sizeof *lambda);
    resource->settings = lambda_with_defaults(model, resource);
    *lambda = (struct lambda){
        .app = resource->app,
        .name = resource->name,
        .key = resource->key,
        .settings = resource->settings,
        .reference = resource_reference(model->arena, resource),
    };
    resource->data = lambda;
    bool image = lambda_is_image(lambda->settings);
    struct bundle *bundle = image ? NULL : make_bundle(model, resource, lambda);
    bool ok = (image || bundle_check_name(bundle)) && set_ids(model, lambda) &&
              check_unique(model, lambda) && (image || bundle_check_zip(model, bundle));
    if (!schema_check(fields, nfields, lambda->settings, resource->key, "a lambda"))
        return false;
    if (!image && !node_set(node_get(lambda->settings, "code")))
        return diag_error(EXIT_REQUIRED, resource->key->pos,
                          "a lambda needs the setting 'code', or 'image'");
    if (image ? !lambda_image_fits(lambda->settings) : !bundle_read_code(model, bundle))
        return false;
    ok = (image || read_zip(model, lambda, bundle)) && ok;
    ok = lambda_words_check(model, lambda) && ok;
    note_contrib(model, lambda);
    return ok;
}

const struct kind lambda_kind = {LAMBDA_KEY, .begin = lambda_defaults_load, .read = lambda_read,
                                 .write = lambda_write};
