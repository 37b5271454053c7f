#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/node.h"
#include "languages/node_manifest.h"
#include "languages/node_modules.h"
#include "languages/node_platform.h"
#include "languages/node_tree.h"
#include "sources/collect.h"
#include "sources/package.h"

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

bool node_decides(const struct node_tool *tool, const char *name)
{
    for (const char *const *file = tool->files; *file; file++)
        if (path_within(name, *file))
            return true;
    return false;
}

bool node_arguments(struct arena *arena, const struct package *package,
                    const struct node_tool *tool, const char ***argv, size_t *n)
{
    struct node_tree tree;
    return node_tree_find(arena, package, tool, &tree) &&
           tool->arguments(arena, package, tree.units, argv, n);
}

bool node_collect(struct arena *arena, const struct package *package, const struct node_tool *tool,
                  struct collection *files, struct collection *inputs)
{
    struct node_tree tree;
    files->left_out = inputs->left_out;
    return node_tree_find(arena, package, tool, &tree) &&
           node_tree_collect(arena, package, tool, &tree, files, inputs);
}

/* Takes the script `prepare` and the like out of a manifest. They prepare a developer's checkout,
 * such as its hooks of git, by programs that are not installed here. */
static bool drop_prepare(struct arena *arena, const char *dir)
{
    static const char *const names[] = {"prepublish", "preprepare", "prepare", "postprepare"};
    const char *file = path_join(arena, dir, "package.json");
    json_t *json;
    if (!node_manifest_json(arena, dir, dir, &json))
        return false;
    for (size_t i = 0; i < countof(names); i++)
        json_object_del(json_object_get(json, "scripts"), names[i]);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    bool ok = text && file_write(file, text, strlen(text), 0644);
    free(text);
    json_decref(json);
    return ok || fail(file, "cannot be written");
}

/* The variables of the tool, and those from which tools that compile or download addons take the
 * platform, besides npm's own options: node-gyp, prebuild-install and node-pre-gyp. Build commands
 * use what is installed on this machine. */
static const char *const *environment(struct arena *arena, const struct package *package,
                                      const struct node_tool *tool)
{
    const char *cpu = node_platform_cpu(package), **all = NULL;
    const char *const platform[] = {arena_printf(arena, "npm_config_arch=%s", cpu),
                                    arena_printf(arena, "npm_config_target_arch=%s", cpu),
                                    "npm_config_platform=linux", "npm_config_target_platform=linux",
                                    "npm_config_target_libc=glibc"};
    size_t n = 0;
    for (const char *const *variable = tool->env; variable && *variable; variable++)
        array_push(arena, all, n, *variable);
    if (!package->nbuild)
        installer_add(arena, &all, &n, platform, countof(platform));
    array_push(arena, all, n, NULL);
    return all;
}

/* Links the files, which are in the same file system, into the folder `to`. */
static bool link_all(struct arena *arena, const struct collection *c, const char *to)
{
    const char *made = "";
    for (size_t i = 0; i < c->nentries; i++) {
        const char *path = path_join(arena, to, c->entries[i].name), *dir = path_dir(arena, path);
        if (strcmp(dir, made) != 0 && !file_mkdirs(dir))
            return fail(dir, "cannot be made");
        made = dir;
        if (link(c->entries[i].source, path) != 0 && !file_copy(arena, c->entries[i].source, path))
            return fail(path, "cannot be written");
    }
    return true;
}

/* Runs the tool with the arguments that the function appends, if there are any. */
static bool run_step(const struct installing *installing, const struct node_unit *unit,
                     bool (*arguments)(struct arena *, const struct package *,
                                       const struct node_unit *, const char ***, size_t *),
                     const char *start)
{
    const char **argv = NULL;
    size_t n = 0, program;
    installer_program(installing->arena, installing->installer, installing->package, &argv, &n);
    program = n;
    arguments(installing->arena, installing->package, unit, &argv, &n);
    if (n == program)
        return true;
    array_push(installing->arena, argv, n, NULL);
    return installing_step(installing, argv, start, NULL);
}

static bool run_unit(const struct installing *installing, const struct node_tree *tree,
                     const struct node_unit *unit)
{
    struct arena *arena = installing->arena;
    bool is_base = strcmp(unit->start, tree->base) == 0;
    const char *start =
        is_base ? installing->copy
                : path_join(arena, installing->copy, path_below(tree->base, unit->start));
    bool own = unit->manifest == tree->manifest;
    if (!own && unit->manifest->prepares && !drop_prepare(arena, start))
        return false;
    const struct node_tool *tool = installing->installer->node;
    if (tool->prepare && !tool->prepare(arena, installing->package, installing->copy, start))
        return fail(start, "cannot be prepared");
    return run_step(installing, unit, tool->arguments, start) &&
           (!tool->again || run_step(installing, unit, tool->again, start));
}

bool node_install(const struct installing *installing, const struct node_tree *tree)
{
    struct installing run = *installing;
    run.env = environment(installing->arena, installing->package, installing->installer->node);
    for (size_t i = 0; i < tree->nunits; i++)
        if (!run_unit(&run, tree, &tree->units[i]))
            return false;
    return true;
}

bool node_run(const struct installing *installing)
{
    struct arena *arena = installing->arena;
    const struct node_tool *tool = installing->installer->node;
    struct collection c = {.arena = arena};
    struct node_tree tree;
    if (!node_tree_find(arena, installing->package, tool, &tree) ||
        !collect_copy(arena, installing->files, installing->nfiles, installing->copy) ||
        !node_install(installing, &tree) ||
        !node_modules_collect(installing->package, &tree, tool, installing->copy, &c))
        return false;
    collect_sort(&c);
    return link_all(arena, &c, installing->into);
}
