#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "languages/installer.h"
#include "languages/node.h"
#include "languages/node_platform.h"
#include "languages/node_tree.h"
#include "sources/package.h"

static const char *const pnpm_programs[] = {"pnpm", NULL};
static const char *const pnpm_locks[] = {"pnpm-lock.yaml", NULL};
static const char *const pnpm_files[] = {"package.json",
                                         "pnpm-lock.yaml",
                                         "pnpm-workspace.yaml",
                                         ".npmrc",
                                         ".pnpmfile.cjs",
                                         "patches",
                                         NULL};
/* The pnpm of PATH runs, whose version is known and which knows the arguments below; not the one
 * that "packageManager" of package.json names, which it would download. */
static const char *const pnpm_env[] = {"npm_config_manage_package_manager_versions=false", NULL};
static const char *const pnpm_protocols[] = {"link:", "workspace:", "catalog:", NULL};

/* pnpm 10.14 and newer know --os, --cpu and --libc; older ones refuse them. Its own node_modules is
 * made of links into a store; "hoisted" is that of npm. */
static bool unit_arguments(struct arena *arena, const struct package *package,
                           const struct node_unit *unit, const char ***argv, size_t *n)
{
    const char *const fixed[] = {"install", unit->lock ? "--frozen-lockfile" : "--no-lockfile",
                                 package->nbuild ? "--prod=false" : "--prod",
                                 "--config.node-linker=hoisted"};
    const char *const platform[] = {
        "--os=linux", arena_printf(arena, "--cpu=%s", node_platform_cpu(package)), "--libc=glibc"};
    installer_add(arena, argv, n, fixed, countof(fixed));
    if (!package->nbuild)
        installer_add(arena, argv, n, platform, countof(platform));
    for (size_t i = 0; i < unit->nasked; i++)
        array_push(arena, *argv, *n, arena_printf(arena, "--filter=./%s...", unit->asked[i]));
    return true;
}

/* Ends the search for the root of a workspace, which would go on above the copy. */
static bool pnpm_prepare(struct arena *arena, const struct package *package, const char *copy,
                         const char *start)
{
    static const char alone[] = "packages:\n  - .\n";
    const char *file = path_join(arena, start, "pnpm-workspace.yaml");
    (void)package, (void)copy;
    return file_look(file) != FILE_MISSING || file_write(file, alone, strlen(alone), 0644);
}

static const struct node_tool pnpm_tool = {.name = "pnpm",
                                           .files = pnpm_files,
                                           .locks = pnpm_locks,
                                           .protocols = pnpm_protocols,
                                           .arguments = unit_arguments,
                                           .many = true,
                                           .prepare = pnpm_prepare,
                                           .env = pnpm_env};

static bool pnpm_decides(const char *name)
{
    return node_decides(&pnpm_tool, name);
}

static bool pnpm_collect(struct arena *arena, const struct package *package,
                         struct collection *files, struct collection *inputs)
{
    return node_collect(arena, package, &pnpm_tool, files, inputs);
}

static bool pnpm_arguments(struct arena *arena, const struct package *package, const char *into,
                           const char ***argv, size_t *n)
{
    (void)into; /* pnpm installs where it runs */
    return node_arguments(arena, package, &pnpm_tool, argv, n);
}

const struct installer installer_pnpm = {
    LANG_NODE,
    "pnpm-lock.yaml",
    pnpm_programs,
    installer_no_setting,
    "--version",
    IN_COPY,
    pnpm_decides,
    NULL,
    pnpm_arguments,
    NULL,
    "pnpm-lock.yaml must fit package.json, and pnpm must be version 10.14 or newer",
    "node_modules/",
    .collect = pnpm_collect,
    .run = node_run,
    .missing = "pnpm-lock.yaml is installed by pnpm; install it, such as by `npm install -g pnpm`",
    .node = &pnpm_tool};
