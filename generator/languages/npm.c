#include <string.h>

#include "base/run.h"
#include "base/util.h"
#include "languages/installer.h"
#include "languages/node.h"
#include "languages/node_platform.h"
#include "languages/node_tree.h"
#include "sources/package.h"

static const char *const npm_programs[] = {"npm", NULL};
static const char *const npm_locks[] = {"npm-shrinkwrap.json", "package-lock.json", NULL};
static const char *const npm_files[] = {"package.json", "package-lock.json", "npm-shrinkwrap.json",
                                        ".npmrc", NULL};
static const char *const npm_protocols[] = {NULL};

static const char *npm_setting(const struct package *package)
{
    return package->npm_path;
}

/* For the lambda, npm 10.3 and newer take the platform from --os, --cpu and --libc; older ones
 * ignore them, which node_platform_fits notices. Build commands run on this machine, and need
 * development dependencies also where NODE_ENV says `production`. Without a lock file, which says
 * it too, packages of folders are linked: the copies that npm 9 makes of them lack packages that
 * need each other. */
static bool unit_arguments(struct arena *arena, const struct package *package,
                           const struct node_unit *unit, const char ***argv, size_t *n)
{
    const char *const fixed[] = {unit->lock ? "ci" : "install",
                                 package->nbuild ? "--include=dev" : "--omit=dev", "--no-audit",
                                 "--no-fund", "--no-update-notifier"};
    static const char *const without_lock[] = {"--install-links=false", "--no-package-lock"};
    const char *const platform[] = {
        "--os=linux", arena_printf(arena, "--cpu=%s", node_platform_cpu(package)), "--libc=glibc"};
    installer_add(arena, argv, n, fixed, countof(fixed));
    if (!package->nbuild)
        installer_add(arena, argv, n, platform, countof(platform));
    if (!unit->lock)
        installer_add(arena, argv, n, without_lock, countof(without_lock));
    for (size_t i = 0; i < unit->nasked; i++)
        array_push(arena, *argv, *n, arena_printf(arena, "--workspace=%s", unit->asked[i]));
    return run_split(arena, package->npm_extra, argv, n);
}

static const struct node_tool npm_tool = {"npm",         npm_files,      npm_locks,
                                          npm_protocols, unit_arguments, false};

static bool npm_decides(const char *name)
{
    return node_decides(&npm_tool, name);
}

static bool npm_collect(struct arena *arena, const struct package *package,
                        struct collection *files, struct collection *inputs)
{
    return node_collect(arena, package, &npm_tool, files, inputs);
}

static bool npm_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    (void)into; /* npm installs where it runs */
    return node_arguments(arena, package, &npm_tool, argv, n);
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
    .run = node_run,
    .node = &npm_tool};
