#include <string.h>

#include "base/run.h"
#include "base/util.h"
#include "build/installer.h"
#include "build/node.h"
#include "build/node_platform.h"
#include "build/node_tree.h"
#include "build/package.h"

static const char *const npm_programs[] = {"npm", NULL};
static const char *const npm_locks[] = {"npm-shrinkwrap.json", "package-lock.json", NULL};
static const char *const npm_files[] = {"package.json", "package-lock.json", "npm-shrinkwrap.json",
                                        ".npmrc", NULL};
static const char *const npm_protocols[] = {NULL};
static const struct node_tool npm_tool = {"npm", npm_files, npm_locks, npm_protocols};

static const char *npm_setting(const struct package *package)
{
    return package->npm_path;
}

static bool npm_decides(const char *name)
{
    return node_decides(&npm_tool, name);
}

static bool npm_collect(struct arena *arena, const struct package *package,
                        struct collection *files, struct collection *inputs)
{
    return node_collect(arena, package, &npm_tool, files, inputs);
}

/* npm 10.4 and newer take the platform from --os, --cpu and --libc; older ones ignore them, which
 * node_platform_fits notices. */
static bool unit_arguments(struct arena *arena, const struct package *package,
                           const struct node_unit *unit, const char ***argv, size_t *n)
{
    const char *const fixed[] = {unit->lock ? "ci" : "install",
                                 "--omit=dev",
                                 "--no-audit",
                                 "--no-fund",
                                 "--no-update-notifier",
                                 "--os=linux",
                                 arena_printf(arena, "--cpu=%s", node_platform_cpu(package)),
                                 "--libc=glibc"};
    installer_add(arena, argv, n, fixed, countof(fixed));
    if (!unit->lock)
        array_push(arena, *argv, *n, "--no-package-lock");
    for (size_t i = 0; i < unit->nasked; i++)
        array_push(arena, *argv, *n, arena_printf(arena, "--workspace=%s", unit->asked[i]));
    return run_split(arena, package->npm_extra, argv, n);
}

static bool npm_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    struct node_tree tree;
    (void)into; /* npm installs where it runs */
    return node_tree_find(arena, package, &npm_tool, &tree) &&
           unit_arguments(arena, package, tree.units, argv, n);
}

static bool npm_run(const struct installing *installing)
{
    return node_run(installing, &npm_tool, unit_arguments, false);
}

const struct installer installer_npm = {
    LANG_NODE,
    "package.json",
    npm_programs,
    npm_setting,
    "--version",
    IN_COPY,
    npm_decides,
    NULL,
    npm_arguments,
    NULL,
    "npm needs a package.json (and package-lock.json) that it can install from",
    "node_modules/",
    .collect = npm_collect,
    .run = npm_run};
