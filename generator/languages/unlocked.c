#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "languages/node_manifest.h"
#include "languages/unlocked.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "resources/runtime.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"

/* Whether the manifest in a folder names a package that is not given by its path. */
static bool names_packages(struct arena *arena, const char *root, const char *code)
{
    static const char *const keys[] = {"dependencies", "optionalDependencies"};
    const char *name, *file = path_join(arena, code, "package.json");
    json_t *json = NULL, *spec;
    bool names = false;
    if (file_look(file) != FILE_REGULAR || !root_holds(root, file) ||
        !node_manifest_json(arena, root, code, &json))
        return false;
    for (size_t i = 0; i < countof(keys); i++)
        json_object_foreach(json_object_get(json, keys[i]), name, spec)
            names =
                names || (json_is_string(spec) && !node_spec_path(arena, json_string_value(spec)));
    json_decref(json);
    return names;
}

/* Whether there is a lock file in the folder, or above it in the project, as of a workspace. */
static bool is_locked(struct arena *arena, const char *root, const char *code)
{
    static const char *const locks[] = {"package-lock.json", "npm-shrinkwrap.json",
                                        "pnpm-lock.yaml", "yarn.lock"};
    const char *dir = path_within(code, root) ? code : NULL;
    for (; dir; dir = path_above(arena, dir, root))
        for (size_t i = 0; i < countof(locks); i++)
            if (file_look(path_join(arena, dir, locks[i])) != FILE_MISSING)
                return true;
    return false;
}

static bool is_installed(const struct bundle *bundle)
{
    const struct node *in_source = node_get(bundle->settings, "build-in-source");
    return bundle->runtime->language == LANG_NODE && !bundle_target(bundle->code->text) &&
           !schema_flag(in_source, false);
}

void unlocked_warn(const struct model *model)
{
    struct arena *arena = model->arena;
    const char *root = path_absolute(arena, model->project->dir), *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < model->nbundles; i++) {
        if (!is_installed(model->bundles[i]))
            continue;
        const char *code = path_absolute(arena, model->bundles[i]->code_path);
        if (!names_packages(arena, root, code) || is_locked(arena, root, code))
            continue;
        first = first ? first : path_join(arena, code, "package.json");
        n++;
    }
    if (n)
        diag_warning((struct pos){.file = first},
                     "no lock file fixes the packages of %s, so the zip%s may change by %s; run "
                     "'npm install --package-lock-only' there, and keep package-lock.json",
                     n == 1 ? "this lambda" : "this and other lambdas", n == 1 ? "" : "s",
                     n == 1 ? "itself" : "themselves");
}
