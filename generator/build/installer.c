#include <string.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/run.h"
#include "base/util.h"
#include "build/installer.h"
#include "build/package.h"
#include "build/python.h"

/* Sets `*text` to NULL if the file is missing. */
static bool read_manifest(struct arena *arena, const struct package *package, const char *name,
                          char **text)
{
    const struct root root = {package->root, EXIT_BUILD};
    size_t len;
    return root_read(arena, &root, path_join(arena, package->code, name), text, &len);
}

/* --- Python ------------------------------------------------------------------------------- */

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
    if (!read_manifest(arena, package, "requirements.txt", &text))
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

static void add_all(struct arena *arena, const char ***argv, size_t *n, const char *const *words,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        array_push(arena, *argv, *n, words[i]);
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
    add_all(arena, argv, n, fixed, countof(fixed));
    python_platform_args(arena, package->runtime, package->architecture, argv, n);
    return run_split(arena, package->pip_extra, argv, n);
}

/* --- Node --------------------------------------------------------------------------------- */

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
    if (!read_manifest(arena, package, "package.json", &text))
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
    add_all(arena, argv, n, fixed, countof(fixed));
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

/* --- Java: Maven and Gradle --------------------------------------------------------------- */

static const char *const mvn_programs[] = {"mvn", NULL}, *const gradle_programs[] = {"gradle",
                                                                                     NULL};

static const char *no_setting(const struct package *package)
{
    (void)package;
    return NULL;
}

static const char *gradle_setting(const struct package *package)
{
    return package->gradle_path;
}

static bool mvn_decides(const char *name)
{
    return strcmp(path_base(name), "pom.xml") == 0 || str_starts(name, ".mvn/");
}

static bool mvn_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    const char *const fixed[] = {"-q", "-B", "dependency:copy-dependencies",
                                 "-DincludeScope=runtime",
                                 arena_printf(arena, "-DoutputDirectory=%s/lib", into)};
    (void)package;
    add_all(arena, argv, n, fixed, countof(fixed));
    return true;
}

/* Build files, versions and the wrapper, which gradle-path may name. */
static bool gradle_decides(const char *name)
{
    static const char *const ends[] = {".gradle", ".gradle.kts", ".properties", ".lockfile",
                                       ".toml"};
    if (str_starts(name, "gradle/") || str_starts(name, "buildSrc/") ||
        strcmp(name, "gradlew") == 0)
        return true;
    for (size_t i = 0; i < countof(ends); i++)
        if (str_ends(name, ends[i]))
            return true;
    return false;
}

/* Gradle downloads into a cache of its own, from which the build takes the dependencies. */
static const char gradle_init[] =
    "allprojects { afterEvaluate { task gordonDependencies { doLast {\n"
    "    configurations.findAll { it.canBeResolved }.each { it.resolve() }\n"
    "} } } }\n";

static const char *gradle_init_file(struct arena *arena, const char *into)
{
    return arena_printf(arena, "%s.init.gradle", into);
}

static bool gradle_prepare(struct arena *arena, const char *into)
{
    return file_write(gradle_init_file(arena, into), gradle_init, strlen(gradle_init), 0644);
}

static bool gradle_arguments(struct arena *arena, const struct package *package, const char *into,
                             const char ***argv, size_t *n)
{
    const char *const fixed[] = {"--init-script", gradle_init_file(arena, into), "--quiet",
                                 "gordonDependencies", arena_printf(arena, "-Ptarget=%s", into)};
    add_all(arena, argv, n, fixed, countof(fixed));
    return run_split(arena, package->gradle_extra, argv, n);
}

/* --- Go ----------------------------------------------------------------------------------- */

static const char *const go_programs[] = {"go", NULL};

static bool go_decides(const char *name)
{
    return strcmp(path_base(name), "go.mod") == 0 || strcmp(path_base(name), "go.sum") == 0;
}

/* Go downloads into its module cache, from which the build takes the modules. */
static bool go_arguments(struct arena *arena, const struct package *package, const char *into,
                         const char ***argv, size_t *n)
{
    (void)package, (void)into;
    array_push(arena, *argv, *n, "mod");
    array_push(arena, *argv, *n, "download");
    return true;
}

/* Empties the folder, because nothing in it is to be packed. */
static bool finish_empty(struct arena *arena, const char *into)
{
    (void)arena;
    return remove_path(into) && file_mkdirs(into);
}

/* --- the table ---------------------------------------------------------------------------- */

#define GRADLE(file)                                                                               \
    {                                                                                              \
        LANG_JAVA, file, gradle_programs, gradle_setting, "--version", IN_COPY, gradle_decides,    \
            NULL, gradle_arguments, finish_empty,                                                  \
            "Gradle could not get what the build files ask for", NULL, gradle_prepare              \
    }

static const struct installer installers[] = {
    {LANG_PYTHON, "requirements.txt", pip_programs, pip_setting, "--version", IN_CODE, pip_decides,
     pip_needs_all, pip_arguments, python_clean,
     "pip installs wheels for the lambda's platform only; a package without one needs a wheel of "
     "your own, or build commands"},
    {LANG_NODE, "package.json", npm_programs, npm_setting, "--version", IN_INTO, npm_decides,
     npm_needs_all, npm_arguments, npm_finish,
     "npm needs a package.json (and package-lock.json) that it can install from", "node_modules/"},
    GRADLE("build.gradle"),
    GRADLE("build.gradle.kts"),
    {LANG_JAVA, "pom.xml", mvn_programs, no_setting, "--version", IN_COPY, mvn_decides, NULL,
     mvn_arguments, NULL, "Maven could not get what pom.xml asks for"},
    {LANG_GO, "go.mod", go_programs, no_setting, "version", IN_COPY, go_decides, NULL, go_arguments,
     finish_empty, "Go could not get the modules that go.mod and go.sum ask for"},
};

const struct installer *installer_of(const struct package *package)
{
    for (size_t i = 0; !package->nbuild && i < countof(installers); i++)
        if (installers[i].language == package->language &&
            package_has(package, installers[i].manifest))
            return &installers[i];
    return NULL;
}

/* Appends the program of a setting such as pip-path, which may have arguments. Without the setting,
 * appends the first program that is in PATH, or the last one if none is. */
static bool add_program(struct arena *arena, const struct installer *installer,
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
    if (!add_program(arena, installer, package, &argv, &n) ||
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
    if (!add_program(arena, installer, package, &argv, &n))
        return NULL;
    array_push(arena, argv, n, installer->version);
    array_push(arena, argv, n, NULL);
    return argv;
}
