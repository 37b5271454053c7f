#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "languages/node_manifest.h"
#include "languages/python_lock.h"
#include "languages/requirements.h"
#include "languages/unpinned.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "resources/runtime.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "sources/package.h"

enum { NAMES_MAX = 10 }; /* that a warning has */

/* What was found for one language. */
struct unpinned {
    struct arena *arena;
    const char *root; /* of the project */
    struct table names;
    const char **list;
    size_t n;
    struct pos first;
};

static void add(struct unpinned *found, struct pos pos, const char *key, const char *name)
{
    if (table_set(found->arena, &found->names, key, found))
        return;
    if (!found->n)
        found->first = pos;
    array_push(found->arena, found->list, found->n, name);
}

/* --- Python ------------------------------------------------------------------------------- */

/* In their order in installers.c: a lock file has no versions that change. */
static const char *const python_manifests[] = {"requirements.txt", "uv.lock",      "poetry.lock",
                                               "pylock.toml",      "Pipfile.lock", "Pipfile",
                                               "pyproject.toml"};

static void add_requirements(struct unpinned *found, const struct requirements *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const char *name = r->list[i].name;
        name = name ? name : "a URL without a commit or digest";
        if (!requirements_pin(r, &r->list[i]))
            add(found, r->list[i].pos, requirement_name(found->arena, name), name);
    }
}

static void look_python(struct unpinned *found, const struct bundle *bundle, const char *code)
{
    const char *manifest = NULL, *path = NULL;
    struct requirements r = requirements_new(found->arena, found->root, code);
    if (node_set(node_get(bundle->settings, "build")))
        return;
    for (size_t i = 0; i < countof(python_manifests) && !manifest; i++) {
        path = path_join(found->arena, code, python_manifests[i]);
        manifest = file_look(path) == FILE_REGULAR ? python_manifests[i] : NULL;
    }
    r.quiet = true;
    if (manifest && strcmp(manifest, "requirements.txt") == 0)
        requirements_read(&r, path);
    else if (manifest && strcmp(manifest, "pyproject.toml") == 0 && root_holds(found->root, path) &&
             !python_lock_workspace(found->arena, found->root, code, true))
        python_lock_pyproject(&r, code);
    add_requirements(found, &r);
}

/* --- Node --------------------------------------------------------------------------------- */

/* Whether there is a lock file in the folder, or above it in the project, as of a workspace. */
static bool is_locked(const struct unpinned *found, const char *code)
{
    static const char *const locks[] = {"package-lock.json", "npm-shrinkwrap.json",
                                        "pnpm-lock.yaml", "yarn.lock"};
    const char *dir = path_within(code, found->root) ? code : NULL;
    for (; dir; dir = path_above(found->arena, dir, found->root))
        for (size_t i = 0; i < countof(locks); i++)
            if (file_look(path_join(found->arena, dir, locks[i])) != FILE_MISSING)
                return true;
    return false;
}

/* Packages that are given by their paths have no other versions. */
static void add_packages(struct unpinned *found, json_t *manifest, const char *file)
{
    static const char *const keys[] = {"dependencies", "optionalDependencies"};
    const char *key;
    json_t *spec;
    for (size_t i = 0; i < countof(keys); i++) {
        json_object_foreach(json_object_get(manifest, keys[i]), key, spec) {
            const char *name = arena_strdup(found->arena, key);
            if (json_is_string(spec) && !node_spec_path(found->arena, json_string_value(spec)))
                add(found, (struct pos){.file = file}, name, name);
        }
    }
}

static void look_node(struct unpinned *found, const struct bundle *bundle, const char *code)
{
    const char *file = path_join(found->arena, code, "package.json");
    json_t *manifest = NULL;
    if (schema_flag(node_get(bundle->settings, "build-in-source"), false) ||
        file_look(file) != FILE_REGULAR || !root_holds(found->root, file) ||
        is_locked(found, code) || !node_manifest_json(found->arena, found->root, code, &manifest))
        return;
    add_packages(found, manifest, file);
    json_decref(manifest);
}

/* --- all languages ------------------------------------------------------------------------ */

static const struct row {
    enum language language;
    void (*look)(struct unpinned *, const struct bundle *, const char *code);
    const char *what, *advice;
} rows[] = {
    {LANG_PYTHON, look_python, "no exact version is required of",
     "pin the versions, as by 'pip-compile' or 'uv pip compile'"},
    {LANG_NODE, look_node, "no lock file fixes the versions of",
     "run 'npm install --package-lock-only' there, and keep package-lock.json"},
};

static bool is_of(const struct row *row, const struct bundle *bundle)
{
    return bundle->language == row->language && !bundle_target(bundle->code->text) &&
           !bundle_generated(bundle->code->text);
}

static void warn_of(const struct row *row, const struct unpinned *found)
{
    struct buf names = {0};
    for (size_t i = 0; i < found->n && i < NAMES_MAX; i++)
        buf_add_item(&names, ", ", found->list[i]);
    if (found->n > NAMES_MAX)
        buf_printf(&names, " and %zu more", found->n - NAMES_MAX);
    if (found->n)
        diag_warning(found->first, "%s %s, so the zips may change by themselves; %s", row->what,
                     names.data, row->advice);
    buf_free(&names);
}

void unpinned_warn(const struct model *model)
{
    struct arena *arena = model->arena;
    const char *root = path_absolute(arena, model->project->dir);
    for (size_t i = 0; i < countof(rows); i++) {
        struct unpinned found = {.arena = arena, .root = root};
        for (size_t k = 0; k < model->nbundles; k++)
            if (is_of(&rows[i], model->bundles[k]))
                rows[i].look(&found, model->bundles[k],
                             path_absolute(arena, model->bundles[k]->code_path));
        warn_of(&rows[i], &found);
    }
}
