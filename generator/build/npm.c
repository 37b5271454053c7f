#include <string.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"
#include "build/installer.h"
#include "build/package.h"

static const char *const npm_programs[] = {"npm", NULL};

static const char *npm_setting(const struct package *package)
{
    return package->npm_path;
}

static bool npm_decides(const char *name)
{
    return strcmp(name, "package.json") == 0 || strcmp(name, "package-lock.json") == 0 ||
           strcmp(name, "npm-shrinkwrap.json") == 0 || strcmp(name, ".npmrc") == 0;
}

/* The package's own scripts may read any file, and dependencies may be named by path. */
static bool npm_needs_all(struct arena *arena, const struct package *package, bool *all)
{
    static const char *const signs[] = {
        "\"file:",     "\"link:",        "\"preinstall\"", "\"install\"", "\"postinstall\"",
        "\"prepare\"", "\"workspaces\"", "\"./",           "\"../",       "\"~/"};
    char *text;
    if (!installer_manifest(arena, package, "package.json", &text))
        return false;
    for (size_t i = 0; text && i < countof(signs); i++)
        *all = *all || strstr(text, signs[i]);
    return true;
}

static bool npm_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    bool locked = package_has(package, "package-lock.json");
    const char *const fixed[] = {locked ? "ci" : "install", "--omit=dev", "--no-audit", "--no-fund",
                                 "--no-update-notifier"};
    (void)into; /* npm installs where it runs */
    installer_add(arena, argv, n, fixed, countof(fixed));
    if (!locked)
        array_push(arena, *argv, *n, "--no-package-lock");
    return run_split(arena, package->npm_extra, argv, n);
}

/* Removes links to programs, whose copies in a zip would not find their files, and npm's own
 * record, which names the registry. */
static bool npm_finish(struct arena *arena, const char *into)
{
    return remove_path(path_join(arena, into, "node_modules/.bin")) &&
           remove_path(path_join(arena, into, "node_modules/.package-lock.json"));
}

const struct installer installer_npm = {
    LANG_NODE,
    "package.json",
    npm_programs,
    npm_setting,
    "--version",
    IN_INTO,
    npm_decides,
    npm_needs_all,
    npm_arguments,
    npm_finish,
    "npm needs a package.json (and package-lock.json) that it can install from",
    "node_modules/"};
