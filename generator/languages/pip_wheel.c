#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/run.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/pip.h"
#include "languages/python.h"
#include "languages/requirements.h"
#include "languages/wheel.h"
#include "sources/collect.h"
#include "sources/package.h"

static const char build_hint[] =
    "pip builds it with this machine's Python; the tools for that are those of its pyproject.toml";

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* Appends those of the user's arguments that `pip wheel` has, too. */
static void add_shared(const struct pip *pip, const char ***argv, size_t *n)
{
    static const char *const shared[] = {"-i",
                                         "--index-url",
                                         "--extra-index-url",
                                         "--trusted-host",
                                         "--proxy",
                                         "--cert",
                                         "--client-cert",
                                         "--timeout",
                                         "--retries",
                                         "--cache-dir",
                                         "--keyring-provider",
                                         "--use-feature",
                                         "-C",
                                         "--config-settings",
                                         "--build-constraint"};
    static const char *const flags[] = {"--no-index",           "--pre",
                                        "--no-cache-dir",       "--isolated",
                                        "--no-build-isolation", "--ignore-requires-python"};
    struct arena *arena = pip->installing->arena;
    for (size_t i = 0; i < pip->nwords; i++) {
        const char *word = pip->words[i];
        const char *name = arena_strndup(arena, word, strcspn(word, "="));
        bool value = str_one_of(name, shared, countof(shared));
        if (!value && !str_one_of(word, flags, countof(flags)))
            continue;
        array_push(arena, *argv, *n, word);
        if (value && !strchr(word, '=') && i + 1 < pip->nwords)
            array_push(arena, *argv, *n, pip->words[++i]);
    }
}

/* Runs `pip wheel` for a list. Reports nothing. */
static bool run_wheel(const struct pip *pip, const char *list, const char *to, bool local,
                      struct run *run)
{
    const struct installing *in = pip->installing;
    const char *const fixed[] = {"wheel",      "--disable-pip-version-check",
                                 "--no-input", "--quiet",
                                 "--no-deps",  "--wheel-dir",
                                 to,           "--requirement",
                                 list};
    const char **argv = NULL;
    size_t n = 0;
    if (!installer_program(in->arena, &installer_pip, in->package, &argv, &n))
        return false;
    installer_add(in->arena, &argv, &n, fixed, countof(fixed));
    if (local) /* pip's own cache knows an archive by its path, and this one may change */
        array_push(in->arena, argv, n, "--no-cache-dir");
    add_shared(pip, &argv, &n);
    array_push(in->arena, argv, n, NULL);
    *run = (struct run){.argv = argv, .folder = in->copy, .env = python_env, .merge = true};
    return run_wait(run);
}

/* Checks that the wheel in a folder runs on any platform. Sets `*file` to its name, or to NULL if
 * there is none, because a marker left it out. */
static bool check_wheel(const struct pip *pip, const char *folder, struct pos pos,
                        const char *shown, struct wheel *wheel, const char **file)
{
    const struct package *package = pip->installing->package;
    struct arena *arena = pip->installing->arena;
    const char *version = package->runtime + strlen("python");
    size_t n = 0;
    char **names = file_list(arena, folder, &n);
    *file = NULL;
    for (size_t i = 0; names && i < n; i++)
        if (wheel_parse(arena, names[i], wheel))
            *file = names[i];
    if (!*file || wheel_is_pure_for(arena, wheel, version))
        return true;
    diag_error(EXIT_BUILD, pos, "%s has no wheel for Python %s on %s, and is not pure Python",
               shown, version, package->architecture);
    diag_note((struct pos){0},
              "on this machine its wheel is %s; use a version that has a wheel for the lambda, put "
              "one into a folder of the project and name that by --find-links, or use build "
              "commands",
              *file);
    return false;
}

/* The options that a built wheel gets in place of those of its requirement: its own digest, because
 * pip wants one for each requirement if any has one. */
static const char *own_hash(const struct pip *pip, const char *path)
{
    const struct requirements *r = pip->requirements;
    char hex[SHA256_HEX];
    bool any = false;
    for (size_t i = 0; i < r->n; i++)
        any = any || strstr(r->list[i].options, "--hash");
    for (size_t i = 0; i < r->nlines; i++)
        any = any || str_starts(r->lines[i], "--require-hashes");
    return any && sha256_file(path, hex) ? arena_printf(r->arena, "--hash=sha256:%s", hex) : "";
}

/* --- what the list names by a path or URL ------------------------------------------------- */

/* Copies a package, because tools leave files where they build. */
static bool copy_package(const struct pip *pip, const char *folder, const char *to)
{
    const struct package *package = pip->installing->package;
    struct arena *arena = pip->installing->arena;
    struct collection all = {.arena = arena, .left_out = package_left_out(arena, package)};
    return collect_dir(&all, folder, package->root) &&
           (file_mkdirs(to) || fail(to, "cannot be made")) &&
           collect_copy(arena, all.entries, all.nentries, to);
}

/* What stands for a requirement in messages: a URL may have a password in it. */
static const char *shown(const struct pip *pip, const struct requirement *r)
{
    if (r->name)
        return r->name;
    if (r->kind == REQUIREMENT_PATH)
        return path_below(pip->installing->package->root, r->what);
    return "the package";
}

static bool needs_build(const struct requirement *r)
{
    return r->kind != REQUIREMENT_NAMED && (r->folder || !requirement_is_wheel(r->what));
}

/* The requirement as `pip wheel` gets it: a folder as its copy, without extras. */
static bool source_line(const struct pip *pip, const struct requirement *r, const char *folder,
                        const char **line)
{
    struct arena *arena = pip->installing->arena;
    const char *what = r->what;
    if (r->folder) {
        what = path_join(arena, path_join(arena, folder, "source"), path_base(r->what));
        if (!copy_package(pip, r->what, what))
            return false;
    }
    struct requirement plain = *r;
    plain.what = what;
    plain.extras = "";
    if (r->kind == REQUIREMENT_PATH)
        plain.name = NULL;
    *line = requirement_line(arena, &plain);
    return true;
}

static bool build_listed(const struct pip *pip, struct requirement *r, size_t number)
{
    const struct installing *in = pip->installing;
    struct arena *arena = in->arena;
    const char *folder = path_join(arena, in->copy, arena_printf(arena, "package-%zu", number));
    const char *line, *list, *file;
    struct wheel wheel;
    struct run run;
    if (!source_line(pip, r, folder, &line))
        return false;
    if (!file_mkdirs(folder) || !pip_write(pip, "package.txt", line, &list))
        return fail(folder, "cannot be written");
    bool ok = run_wheel(pip, list, folder, r->kind == REQUIREMENT_PATH, &run);
    if (!ok)
        installing_report(in, r->pos,
                          arena_printf(arena, "%s, which %s needs, could not be built",
                                       shown(pip, r), in->package->reference),
                          build_hint, &run);
    buf_free(&run.out);
    buf_free(&run.err);
    if (!ok || !check_wheel(pip, folder, r->pos, shown(pip, r), &wheel, &file))
        return false;
    const char *path = file ? path_join(arena, folder, file) : NULL;
    r->line = path ? requirement_line_of_file(arena, r, wheel.name, path, own_hash(pip, path)) : "";
    return true;
}

bool pip_build_all(const struct pip *pip)
{
    const struct requirements *r = pip->requirements;
    bool ok = true;
    for (size_t i = 0; i < r->n; i++)
        ok = (!needs_build(&r->list[i]) || build_listed(pip, &r->list[i], i)) && ok;
    return ok;
}

/* --- what has no wheel -------------------------------------------------------------------- */

bool pip_build_named(const struct pip *pip, const char *spec, bool *found)
{
    const struct installing *in = pip->installing;
    struct arena *arena = in->arena;
    const char *name = arena_strndup(arena, spec, requirement_name_length(spec));
    struct requirement *listed = requirements_find(pip->requirements, name);
    const char *folder = path_join(arena, in->copy, arena_printf(arena, "named-%s", name));
    const char *list, *file;
    struct pos pos =
        listed ? listed->pos
               : (struct pos){.file = path_join(arena, in->package->code, in->installer->manifest)};
    struct wheel wheel;
    struct run run = {.status = -1};
    if (!file_mkdirs(folder) ||
        !pip_write(pip, "package.txt", listed ? requirement_line(arena, listed) : spec, &list))
        return fail(folder, "cannot be written");
    bool ok = run_wheel(pip, list, folder, pip->requirements->nfolders != 0, &run);
    *found = ok || !run.out.data || !strstr(run.out.data, "No matching distribution found for");
    if (!ok && *found)
        installing_report(
            in, pos,
            arena_printf(arena, "%s has no wheel for Python %s on %s, and could not be built", name,
                         in->package->runtime + strlen("python"), in->package->architecture),
            build_hint, &run);
    buf_free(&run.out);
    buf_free(&run.err);
    if (!ok || !check_wheel(pip, folder, pos, name, &wheel, &file) || !file)
        return false;
    const char *path = path_join(arena, pip->wheels, file);
    if (!file_copy(arena, path_join(arena, folder, file), path))
        return fail(path, "cannot be written");
    if (listed && *own_hash(pip, path)) {
        struct requirement built = *listed;
        built.options = own_hash(pip, path);
        listed->line = requirement_line(arena, &built);
    }
    return true;
}
