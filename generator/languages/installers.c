#include <stddef.h>
#include <string.h>

#include "base/run.h"
#include "base/util.h"
#include "languages/installers.h"
#include "languages/node_tree.h"
#include "sources/package.h"

/* In the order in which a manifest is looked for. */
static const struct installer *const installers[] = {
    &installer_pip,    &installer_uv,      &installer_poetry,      &installer_pylock,
    &installer_pipenv, &installer_pipfile, &installer_pyproject,   &installer_pnpm,
    &installer_yarn,   &installer_npm,     &installer_gradle,      &installer_gradle_kts,
    &installer_maven,  &installer_bundler, &installer_bundler_gems};

/* Whether a row is meant. Of the tools for a package.json, that with a lock file is, in the folder
 * or in the root of its workspace; npm's lock file in the folder counts first. */
static bool is_meant(const struct installer *row, const struct package *package)
{
    if (row->language != package->language)
        return false;
    if (!row->node || package_has(package, "package-lock.json"))
        return (!row->node || strcmp(row->manifest, "package.json") == 0) &&
               package_has(package, row->manifest);
    return package_has(package, "package.json") &&
           (package_has(package, row->manifest) || node_tree_locked_above(package, row->node));
}

static const struct installer *row_of(const struct package *package)
{
    for (size_t i = 0; i < countof(installers); i++)
        if (is_meant(installers[i], package))
            return installers[i];
    return NULL;
}

/* A build that reads more of the project than the code folder installs by itself. */
const struct installer *installer_of(const struct package *package)
{
    return package->nbuild || package_is_above(package) ? NULL : row_of(package);
}

const struct installer *installer_for_commands(const struct package *package)
{
    const struct installer *row = row_of(package);
    return row && row->node ? row : NULL;
}

bool installer_program(struct arena *arena, const struct installer *installer,
                       const struct package *package, const char ***argv, size_t *n)
{
    const char *setting = installer->setting(package);
    if (setting)
        return run_split(arena, setting, argv, n);
    const char *const *program = installer->programs;
    while (!run_found(*program) && program[1])
        program++;
    array_push(arena, *argv, *n, *program);
    return true;
}

const char **installer_argv(struct arena *arena, const struct installer *installer,
                            const struct package *package, const char *into)
{
    const char **argv = NULL;
    size_t n = 0;
    if (!installer_program(arena, installer, package, &argv, &n) ||
        !installer->arguments(arena, package, into, &argv, &n))
        return NULL;
    array_push(arena, argv, n, NULL);
    return argv;
}

const char **installer_version_argv(struct arena *arena, const struct installer *installer,
                                    const struct package *package)
{
    const char **argv = NULL;
    size_t n = 0;
    if (!installer_program(arena, installer, package, &argv, &n))
        return NULL;
    array_push(arena, argv, n, installer->version);
    array_push(arena, argv, n, NULL);
    return argv;
}
