#include <string.h>

#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "build/collect.h"
#include "build/installer.h"
#include "build/package.h"
#include "build/python.h"

static const char *const pip_programs[] = {"pip", "pip3", NULL};

static const char *pip_setting(const struct package *package)
{
    return package->pip_path;
}

static bool pip_decides(const char *name)
{
    return strcmp(name, "requirements.txt") == 0;
}

/* Whether pip may read something that is only known by its path: a folder, an archive that is not
 * alone on its line, or other places to search. */
static bool pip_names_paths(const char *text)
{
    static const char *const signs[] = {"file:", "--find-links", "--editable", "-e ",
                                        "-f ",   "./",           "../",        " /",
                                        " @ ",   "-c ",          "-r ",        "--constraint"};
    for (size_t i = 0; i < countof(signs); i++)
        if (strstr(text, signs[i]))
            return true;
    return false;
}

/* Skips lines that name a file, because python_included has noted that file. */
static bool pip_needs_all(struct arena *arena, const struct package *package, bool *all)
{
    char *text;
    *all = pip_names_paths(package->pip_extra);
    if (!installer_manifest(arena, package, "requirements.txt", &text))
        return false;
    for (char *line; text && (line = strsep(&text, "\n"));) {
        line[strcspn(line, "\r")] = '\0';
        line += strspn(line, " \t");
        bool followed = str_starts(line, "-r") || str_starts(line, "-c") ||
                        str_starts(line, "--requirement") || str_starts(line, "--constraint") ||
                        str_ends(line, ".whl");
        if (*line != '#' && !followed && (*line == '/' || pip_names_paths(line)))
            *all = true;
    }
    return true;
}

static bool pip_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    const char *const fixed[] = {"install",
                                 "--disable-pip-version-check",
                                 "--no-input",
                                 "--no-compile",
                                 "--quiet",
                                 "--requirement",
                                 "requirements.txt",
                                 "--target",
                                 into};
    installer_add(arena, argv, n, fixed, countof(fixed));
    python_platform_args(arena, package->runtime, package->architecture, argv, n);
    return run_split(arena, package->pip_extra, argv, n);
}

/* The manifest and the files that it names. */
static bool pip_collect(struct arena *arena, const struct package *package,
                        struct collection *files, struct collection *inputs)
{
    const char *root = package->root, *code = package->code, **paths = NULL;
    const char *manifest = path_join(arena, code, "requirements.txt");
    size_t n = 0;
    (void)inputs;
    array_push(arena, paths, n, manifest);
    bool ok = python_included(arena, root, code, manifest, &paths, &n);
    for (size_t i = 0; ok && i < n; i++)
        ok = collect_file(files, paths[i],
                          path_within(paths[i], code) ? paths[i] + strlen(code) + 1 : paths[i]);
    return ok;
}

const struct installer installer_pip = {
    LANG_PYTHON,
    "requirements.txt",
    pip_programs,
    pip_setting,
    "--version",
    IN_CODE,
    pip_decides,
    pip_needs_all,
    pip_arguments,
    python_clean,
    "pip installs wheels for the lambda's platform only; a package without one needs a wheel of "
    "your own, or build commands",
    .collect = pip_collect};
