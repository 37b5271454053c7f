#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"

enum { NAME_MAX_BYTES = 128 };
enum { DESCRIPTION_MAX = 256 }; /* characters (Lambda quotas) */

static const char *behind(const char *scheme, const char *code)
{
    return str_starts(code, scheme) ? code + strlen(scheme) : NULL;
}

const char *bundle_target(const char *code)
{
    return behind("target://", code);
}

const char *bundle_generated(const char *code)
{
    return behind("build://", code);
}

struct bundle *bundle_new(struct model *model, const struct resource *resource, const char *ending)
{
    struct arena *arena = model->arena;
    struct bundle *bundle = arena_alloc(arena, sizeof *bundle);
    const char *app = resource->app->name;
    *bundle = (struct bundle){
        .resource = resource,
        .settings = resource->settings,
        .reference = resource_reference(arena, resource),
        .zip_key = name_zip_key(arena, app, arena_printf(arena, "%s%s", resource->name, ending)),
    };
    bundle->title = bundle->reference;
    array_push(arena, model->bundles, model->nbundles, bundle);
    return bundle;
}

static const char *noun(const struct bundle *bundle)
{
    return bundle->layer ? "layer" : "lambda";
}

bool bundle_check_name(const struct bundle *bundle)
{
    const struct node *key = bundle->resource->key;
    return strlen(key->text) <= NAME_MAX_BYTES ||
           diag_error(EXIT_VALUE, key->pos,
                      "a %s's name has at most %d bytes, because it is part of a file's name",
                      noun(bundle), NAME_MAX_BYTES);
}

bool bundle_check_zip(struct model *model, struct bundle *bundle)
{
    const struct node *key = bundle->resource->key;
    const struct bundle *other = table_set(model->arena, &model->zips, bundle->zip_key, bundle);
    if (!other)
        return true;
    diag_error(EXIT_DUPLICATE, key->pos, "the %s '%s' and the %s '%s' would both be packed as '%s'",
               noun(other), other->reference, noun(bundle), bundle->reference, bundle->zip_key);
    diag_note(other->resource->key->pos, "the other one is here");
    return false;
}

/* Checks the name of a CMake target (cmake-policies(7), CMP0037); "::" may separate the parts of an
 * imported target's name. */
static bool check_target(const struct bundle *bundle, const char *name)
{
    const char *part = name;
    bool ok = true;
    while (ok && part) {
        size_t len = strspn(part, STR_ALNUM "_.+-");
        const char *end = part + len;
        ok = len && (!*end || str_starts(end, "::"));
        part = *end ? end + strlen("::") : NULL;
    }
    return ok || diag_error(EXIT_VALUE, bundle->code->pos,
                            "a target's name has letters, digits, '_', '.', '+' and '-', and '::' "
                            "between them, not '%s'",
                            name);
}

/* The code must lie in the project, or in the build directory: a zip must not depend on other files
 * of the machine. */
static bool check_code(const struct model *model, const struct bundle *bundle)
{
    const char *target = bundle_target(bundle->code->text);
    const char *generated = bundle_generated(bundle->code->text);
    const char *fault = generated ? path_relative_fault(generated) : NULL;
    if (target)
        return check_target(bundle, target);
    if (generated)
        return !fault || diag_error(EXIT_VALUE, bundle->code->pos,
                                    "build:// is followed by a path in CMake's build directory, as "
                                    "in build://generated/code; this one %s",
                                    fault);
    const char *path = path_absolute(model->arena, bundle->code_path);
    const char *app = bundle->resource->app->dir;
    return path_within(path, path_absolute(model->arena, model->project->dir)) ||
           path_within(path, path_absolute(model->arena, app)) || /* Gordon's own */
           diag_error(EXIT_VALUE, bundle->code->pos,
                      "the code '%s' lies outside of the project; copy it", bundle->code->text);
}

bool bundle_read_code(const struct model *model, struct bundle *bundle)
{
    bundle->code = node_get(bundle->settings, "code");
    bundle->code_path = path_join(model->arena, bundle->resource->app->dir, bundle->code->text);
    return check_code(model, bundle);
}

static bool check_commands(const struct node *build)
{
    if (!build || !node_set(build))
        return true;
    bool list = build->kind == NODE_LIST, ok = true;
    for (size_t i = 0; i < (list ? build->count : 1); i++) {
        const struct node *command = list ? build->items[i] : build;
        if (node_dynamic(command))
            ok = diag_error(EXIT_VALUE, command->pos,
                            "a build command is needed when building and cannot be a ref");
    }
    return ok;
}

bool bundle_check_building(const struct bundle *bundle)
{
    static const struct {
        const char *key;
        bool of_target;
    } settings[] = {
        {"build"},       {"build-in-source"},   {"pip-path"},          {"npm-path"},
        {"gradle-path"}, {"pip-install-extra"}, {"npm-install-extra"}, {"gradle-build-extra"},
        {"strip", true}, {"libc", true},
    };
    bool target = bundle_target(bundle->code->text);
    bool ok = check_commands(node_get(bundle->settings, "build"));
    for (size_t i = 0; i < countof(settings); i++) {
        const struct node *value = node_get(bundle->settings, settings[i].key);
        if (node_set(value) && settings[i].of_target != target)
            ok = diag_error(EXIT_RESOURCE, value->pos,
                            target ? "'%s' does not fit the code %s, which CMake builds"
                                   : "'%s' is for a target of CMake, and does not fit the code %s",
                            settings[i].key, bundle->code->text);
    }
    return ok;
}

bool bundle_check_architecture(const struct node *architecture)
{
    if (!node_set(architecture) || strcmp(architecture->text, "x86_64") == 0 ||
        strcmp(architecture->text, "arm64") == 0)
        return true;
    return diag_error(EXIT_VALUE, architecture->pos,
                      "architecture must be x86_64 or arm64, not '%s'", architecture->text);
}

bool bundle_check_description(const struct node *description)
{
    const char *text = node_text(description);
    return !text || str_characters(text) <= DESCRIPTION_MAX ||
           diag_error(EXIT_VALUE, description->pos, "a description has at most %d characters",
                      DESCRIPTION_MAX);
}
