#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "languages/python_lock.h"
#include "languages/requirements.h"
#include "languages/unpinned.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "resources/runtime.h"
#include "settings/node.h"
#include "settings/project.h"
#include "sources/package.h"

enum { NAMES_MAX = 10 }; /* that the warning has */

struct unpinned {
    struct arena *arena;
    struct table names;
    const char **list;
    size_t n;
    struct pos first;
};

/* In their order in installers.c: a lock file has no versions that change. */
static const char *const manifests[] = {"requirements.txt", "uv.lock",      "poetry.lock",
                                        "pylock.toml",      "Pipfile.lock", "Pipfile",
                                        "pyproject.toml"};

static void add(struct unpinned *found, const struct requirements *r,
                const struct requirement *requirement)
{
    const char *name = requirement->name ? requirement->name : "a URL without a commit or digest";
    if (requirements_pin(r, requirement) ||
        table_set(found->arena, &found->names, requirement_name(found->arena, name), found))
        return;
    if (!found->n)
        found->first = requirement->pos;
    array_push(found->arena, found->list, found->n, name);
}

static void look(struct unpinned *found, const struct project *project, const struct bundle *bundle)
{
    struct arena *arena = found->arena;
    const char *code = path_absolute(arena, bundle->code_path);
    const char *root = path_absolute(arena, project->dir), *found_name = NULL;
    struct requirements r = requirements_new(arena, root, code);
    for (size_t i = 0; i < countof(manifests) && !found_name; i++)
        if (file_look(path_join(arena, code, manifests[i])) == FILE_REGULAR)
            found_name = manifests[i];
    r.quiet = true;
    if (found_name && strcmp(found_name, "requirements.txt") == 0)
        requirements_read(&r, path_join(arena, code, found_name));
    else if (found_name && strcmp(found_name, "pyproject.toml") == 0 &&
             root_holds(root, path_join(arena, code, found_name)))
        python_lock_pyproject(&r, code);
    for (size_t i = 0; i < r.n; i++)
        add(found, &r, &r.list[i]);
}

void unpinned_warn(const struct model *model)
{
    struct unpinned found = {.arena = model->arena};
    struct buf names = {0};
    for (size_t i = 0; i < model->nbundles; i++) {
        const struct bundle *bundle = model->bundles[i];
        if (bundle->runtime->language == LANG_PYTHON && !bundle_target(bundle->code->text) &&
            !node_set(node_get(bundle->settings, "build")))
            look(&found, model->project, bundle);
    }
    for (size_t i = 0; i < found.n && i < NAMES_MAX; i++)
        buf_add_item(&names, ", ", found.list[i]);
    if (found.n > NAMES_MAX)
        buf_printf(&names, " and %zu more", found.n - NAMES_MAX);
    if (found.n)
        diag_warning(found.first,
                     "no exact version is required of %s, so the zips may change by themselves; "
                     "pin the versions, as by 'pip-compile' or 'uv pip compile'",
                     names.data);
    buf_free(&names);
}
