#include <string.h>

#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/installer.h"
#include "languages/node.h"
#include "languages/node_platform.h"
#include "languages/node_tree.h"
#include "sources/package.h"

static const char *const yarn_programs[] = {"yarn", NULL};
static const char *const yarn_locks[] = {"yarn.lock", NULL};
static const char *const yarn_files[] = {"package.json", "yarn.lock", ".yarnrc", ".yarnrc.yml",
                                         ".npmrc",       ".yarn",     NULL};
static const char *const yarn_protocols[] = {
    "link:", "portal:", "workspace:", "catalog:", "patch:", NULL};
/* Plug'n'Play needs a loader that Lambda does not start, and an archive for each package. */
static const char *const yarn_env[] = {"YARN_NODE_LINKER=node-modules", "YARN_ENABLE_TELEMETRY=0",
                                       "YARN_ENABLE_PROGRESS_BARS=0", NULL};

/* Whether the lock file is of Yarn 2 or newer ("Berry"), and not of Yarn 1 ("Classic"). */
static bool is_berry(struct arena *arena, const struct package *package,
                     const struct node_unit *unit)
{
    const struct root root = {package->root, EXIT_BUILD};
    char *text = NULL;
    size_t len;
    return root_read(arena, &root, path_join(arena, unit->start, "yarn.lock"), &text, &len) &&
           text && strstr(text, "__metadata:");
}

/* Yarn 1 cannot be told the platform, so it installs for all of them. */
static bool unit_arguments(struct arena *arena, const struct package *package,
                           const struct node_unit *unit, const char ***argv, size_t *n)
{
    const char *const classic[] = {"install", "--frozen-lockfile", "--non-interactive",
                                   "--no-progress",
                                   package->nbuild ? "--production=false" : "--production=true"};
    bool berry = is_berry(arena, package, unit);
    if (berry) {
        array_push(arena, *argv, *n, "install");
        array_push(arena, *argv, *n, "--immutable");
    } else {
        installer_add(arena, argv, n, classic, countof(classic));
    }
    if (!berry && !package->nbuild)
        array_push(arena, *argv, *n, "--ignore-platform");
    return true;
}

/* Yarn 2 and newer remove development dependencies in a second run, which has no --immutable. */
static bool unit_again(struct arena *arena, const struct package *package,
                       const struct node_unit *unit, const char ***argv, size_t *n)
{
    static const char *const focus[] = {"workspaces", "focus", "--production"};
    if (package->nbuild || !is_berry(arena, package, unit))
        return true;
    installer_add(arena, argv, n, focus, countof(focus));
    for (size_t i = 0; i < unit->nasked; i++)
        for (size_t k = 0; k < unit->nmembers; k++)
            if (unit->members[k]->name &&
                strcmp(path_below(unit->start, unit->members[k]->dir), unit->asked[i]) == 0)
                array_push(arena, *argv, *n, unit->members[k]->name);
    return true;
}

/* Yarn 2 and newer also read the folders above theirs, whose settings count less. */
static bool yarn_prepare(struct arena *arena, const struct package *package, const char *copy,
                         const char *start)
{
    const char *file = path_join(arena, path_dir(arena, copy), ".yarnrc.yml");
    const char *text = arena_printf(arena,
                                    "supportedArchitectures:\n  os: [linux]\n  cpu: [%s]\n"
                                    "  libc: [glibc]\n",
                                    node_platform_cpu(package));
    (void)start;
    return package->nbuild || file_write(file, text, strlen(text), 0644);
}

static const struct node_tool yarn_tool = {.name = "yarn",
                                           .files = yarn_files,
                                           .locks = yarn_locks,
                                           .protocols = yarn_protocols,
                                           .arguments = unit_arguments,
                                           .skips = true,
                                           .many = true,
                                           .again = unit_again,
                                           .prepare = yarn_prepare,
                                           .env = yarn_env};

static bool yarn_decides(const char *name)
{
    return node_decides(&yarn_tool, name);
}

static bool yarn_collect(struct arena *arena, const struct package *package,
                         struct collection *files, struct collection *inputs)
{
    return node_collect(arena, package, &yarn_tool, files, inputs);
}

static bool yarn_arguments(struct arena *arena, const struct package *package, const char *into,
                           const char ***argv, size_t *n)
{
    (void)into; /* Yarn installs where it runs */
    return node_arguments(arena, package, &yarn_tool, argv, n);
}

const struct installer installer_yarn = {
    LANG_NODE,
    "yarn.lock",
    yarn_programs,
    installer_no_setting,
    "--version",
    IN_COPY,
    yarn_decides,
    NULL,
    yarn_arguments,
    NULL,
    "yarn.lock must fit package.json, and be of this version of Yarn: 1, or 4 and newer",
    "node_modules/",
    .collect = yarn_collect,
    .run = node_run,
    .missing = "yarn.lock is installed by Yarn; install it, such as by `npm install -g yarn`",
    .node = &yarn_tool};
