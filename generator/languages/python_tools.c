#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/pip.h"
#include "languages/python.h"
#include "languages/python_lock.h"
#include "languages/requirements.h"
#include "sources/collect.h"
#include "sources/package.h"

/* The lock files of tools that export them as requirements, which pip installs. */
struct lock {
    const struct installer *installer;
    bool (*read)(struct requirements *requirements, const char *folder);
    const char *words[12];
    const char *copied[3]; /* files, where the tool may write what it reads: it runs in a copy */
    const char *needs;     /* what the tool prints if a part of it is missing, and what to do */
    const char *advice;
};

static const char *const uv_programs[] = {"uv", NULL}, *const poetry_programs[] = {"poetry", NULL},
                         *const pipenv_programs[] = {"pipenv", NULL};

/* They must neither make environments nor ask. */
static const char *const export_env[] = {"POETRY_VIRTUALENVS_CREATE=false",
                                         "PIPENV_IGNORE_VIRTUALENVS=1",
                                         "PIPENV_VERBOSITY=-1",
                                         "PIPENV_NOSPIN=1",
                                         "UV_NO_PROGRESS=1",
                                         NULL};

static const struct lock *lock_of(const struct installer *installer);

/* --- inputs ------------------------------------------------------------------------------- */

/* The folder with the lock file: the code folder, or that of uv's workspace. */
static const char *lock_folder(struct arena *arena, const struct package *package,
                               const struct lock *lock)
{
    const char *workspace = lock->read == python_lock_uv && !package_has(package, "uv.lock")
                                ? python_lock_workspace(arena, package->root, package->code, false)
                                : NULL;
    return workspace ? workspace : package->code;
}

static bool collect_lock(struct arena *arena, const struct package *package,
                         const struct lock *lock, struct collection *files,
                         struct collection *inputs)
{
    const char *folder = lock_folder(arena, package, lock), **words = NULL;
    struct requirements r = requirements_new(arena, package->root, folder);
    size_t n = 0;
    bool ok = lock->read(&r, folder);
    if (strcmp(folder, package->code) != 0) /* a member, whose own file decides what is exported */
        requirements_note_file(&r, path_join(arena, package->code, "pyproject.toml"));
    r.base = package->code;
    return pip_read_extra(arena, package, &r, &words, &n) && ok &&
           pip_collect(arena, package, &r, files, inputs);
}

/* --- exports ------------------------------------------------------------------------------ */

static bool report_export(const struct installing *in, const struct lock *lock, struct run *run)
{
    const char *printed = run->err.data ? run->err.data : "";
    bool lacks = lock->needs && strstr(printed, lock->needs) && strstr(printed, "does not exist");
    if (!run->out.len) {
        buf_adds(&run->out, printed);
    } else {
        buf_free(&run->out);
        buf_adds(&run->out, printed);
    }
    return installing_report(in, in->package->pos, installing_failed(in),
                             lacks ? lock->advice : in->installer->hint, run);
}

/* Copies the files that a tool may write, and sets `*folder` to where it runs. */
static bool place_tool(const struct installing *in, const struct lock *lock, const char **folder)
{
    struct pack_entry files[countof(lock->copied)];
    size_t n = 0;
    *folder = in->package->code;
    for (size_t i = 0; lock->copied[0] && i < in->nfiles; i++)
        if (str_one_of(in->files[i].name, lock->copied, countof(lock->copied) - 1))
            files[n++] = in->files[i];
    if (n)
        *folder = path_join(in->arena, in->copy, "export");
    return collect_copy(in->arena, files, n, *folder);
}

static bool export_lock(const struct installing *in, const struct lock *lock, char **text)
{
    const char *folder;
    struct arena *arena = in->arena;
    const char **argv = NULL;
    size_t n = 0;
    array_push(arena, argv, n, lock->installer->programs[0]);
    for (size_t i = 0; lock->words[i]; i++)
        array_push(arena, argv, n, lock->words[i]);
    array_push(arena, argv, n, NULL);
    if (!place_tool(in, lock, &folder))
        return false;
    struct run run = {.argv = argv, .folder = folder, .env = export_env};
    bool ok = run_wait(&run) || report_export(in, lock, &run);
    *text = arena_strdup(arena, run.out.data ? run.out.data : "");
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

static bool run_lock(const struct installing *in, const struct lock *lock)
{
    const struct package *package = in->package;
    const char *folder = lock_folder(in->arena, package, lock);
    struct requirements named = requirements_new(in->arena, package->root, folder);
    struct requirements r = requirements_new(in->arena, package->root, folder);
    char *text;
    if (!lock->read(&named, folder) || !export_lock(in, lock, &text))
        return false;
    r.lines = named.lines;
    r.nlines = named.nlines;
    return requirements_read_text(
               &r, (struct pos){.file = path_join(in->arena, folder, lock->installer->manifest)},
               text) &&
           pip_install(in, &r, true);
}

/* --- the rows ----------------------------------------------------------------------------- */

static bool lock_collect(struct arena *arena, const struct package *package,
                         struct collection *files, struct collection *inputs)
{
    return collect_lock(arena, package, lock_of(installer_of(package)), files, inputs);
}

static bool lock_run(const struct installing *installing)
{
    return run_lock(installing, lock_of(installing->installer));
}

static bool export_arguments(struct arena *arena, const struct package *package, const char *into,
                             const char ***argv, size_t *n)
{
    const struct lock *lock = lock_of(installer_of(package));
    (void)into; /* pip installs, from what this exports */
    for (size_t i = 0; lock && lock->words[i]; i++)
        array_push(arena, *argv, *n, lock->words[i]);
    return true;
}

#define EXPORTS(file, names, what, advice)                                                         \
    {                                                                                              \
        .language = LANG_PYTHON, .manifest = file, .programs = names,                              \
        .setting = installer_no_setting, .version = "--version", .place = IN_CODE,                 \
        .arguments = export_arguments, .finish = python_clean, .hint = what,                       \
        .collect = lock_collect, .run = lock_run, .then = &installer_pip, .missing = advice        \
    }

const struct installer installer_uv =
    EXPORTS("uv.lock", uv_programs,
            "uv exports what uv.lock has, and pip installs it for the lambda's platform",
            "install uv, or write requirements.txt by 'uv export --no-dev --no-emit-project -o "
            "requirements.txt' where it is");
const struct installer installer_poetry =
    EXPORTS("poetry.lock", poetry_programs,
            "poetry exports what poetry.lock has, and pip installs it for the lambda's platform",
            "install poetry with poetry-plugin-export, or write requirements.txt by 'poetry export "
            "-o requirements.txt' where it is");
const struct installer installer_pipenv =
    EXPORTS("Pipfile.lock", pipenv_programs,
            "pipenv exports what Pipfile.lock has, and pip installs it for the lambda's platform",
            "install pipenv, or write requirements.txt by 'pipenv requirements > requirements.txt' "
            "where it is");

static const struct lock locks[] = {
    {&installer_uv,
     python_lock_uv,
     {"export", "--frozen", "--no-dev", "--no-emit-project", "--no-header", "--no-annotate",
      "--format", "requirements-txt", "--color", "never"},
     {NULL},
     NULL,
     NULL},
    {&installer_poetry,
     python_lock_poetry,
     {"export", "--no-interaction", "--no-ansi", "--format", "requirements.txt"},
     {NULL},
     "export",
     "poetry has no command 'export' without its plugin; install that by 'poetry self add "
     "poetry-plugin-export', or 'pipx inject poetry poetry-plugin-export'"},
    {&installer_pipenv,
     python_lock_pipenv,
     {"requirements", "--hash"},
     {"Pipfile", "Pipfile.lock", NULL},
     NULL,
     NULL},
};

static const struct lock *lock_of(const struct installer *installer)
{
    for (size_t i = 0; i < countof(locks); i++)
        if (locks[i].installer == installer)
            return &locks[i];
    return &locks[0]; /* of a workspace, whose member has no lock file */
}

/* --- pylock.toml -------------------------------------------------------------------------- */

static bool pylock_collect(struct arena *arena, const struct package *package,
                           struct collection *files, struct collection *inputs)
{
    struct requirements r = requirements_new(arena, package->root, package->code);
    return python_lock_pylock(&r, package->code) && pip_collect(arena, package, &r, files, inputs);
}

/* uv knows the platform by one name, and takes wheels for it and for older ones. */
static bool pylock_arguments(struct arena *arena, const struct package *package, const char *into,
                             const char ***argv, size_t *n)
{
    bool arm = strcmp(package->architecture, "arm64") == 0;
    const char *const fixed[] = {
        "pip",
        "install",
        "--quiet",
        "--no-config",
        "--no-build",
        "--no-deps",
        "--link-mode",
        "copy",
        "--requirement",
        "pylock.toml",
        "--target",
        into,
        "--python-version",
        package->runtime + strlen("python"),
        "--python-platform",
        arena_printf(arena, "%s-manylinux_2_%d", arm ? "aarch64" : "x86_64",
                     runtime_glibc(package->runtime)),
    };
    installer_add(arena, argv, n, fixed, countof(fixed));
    return true;
}

/* uv locks the folder by a file in it. */
static bool pylock_finish(struct arena *arena, const char *into)
{
    return remove_path(path_join(arena, into, ".lock")) && python_clean(arena, into);
}

const struct installer installer_pylock = {
    .language = LANG_PYTHON,
    .manifest = "pylock.toml",
    .programs = uv_programs,
    .setting = installer_no_setting,
    .version = "--version",
    .place = IN_CODE,
    .arguments = pylock_arguments,
    .finish = pylock_finish,
    .hint = "uv installs wheels for the lambda's platform, and builds nothing; lock what has no "
            "wheel by another file, such as requirements.txt",
    .collect = pylock_collect,
    .missing = "install uv, or write requirements.txt",
};

/* --- pyproject.toml ----------------------------------------------------------------------- */

static bool pyproject_collect(struct arena *arena, const struct package *package,
                              struct collection *files, struct collection *inputs)
{
    struct requirements r = requirements_new(arena, package->root, package->code);
    const char **words = NULL;
    size_t n = 0;
    if (python_lock_workspace(arena, package->root, package->code, false))
        return collect_lock(arena, package, &locks[0], files, inputs);
    return python_lock_pyproject(&r, package->code) &&
           pip_read_extra(arena, package, &r, &words, &n) &&
           pip_collect(arena, package, &r, files, inputs);
}

static bool pyproject_run(const struct installing *in)
{
    struct requirements r = requirements_new(in->arena, in->package->root, in->package->code);
    if (python_lock_workspace(in->arena, in->package->root, in->package->code, false))
        return run_lock(in, &locks[0]);
    return python_lock_pyproject(&r, in->package->code) && (!r.n || pip_install(in, &r, false));
}

const struct installer installer_pyproject = {
    .language = LANG_PYTHON,
    .manifest = "pyproject.toml",
    .programs = pip_programs,
    .setting = pip_setting,
    .version = "--version",
    .place = IN_CODE,
    .arguments = pip_arguments,
    .finish = python_clean,
    .hint = "pip installs the dependencies of [project] for the lambda's platform",
    .collect = pyproject_collect,
    .run = pyproject_run,
};

/* --- Pipfile ------------------------------------------------------------------------------ */

static bool pipfile_collect(struct arena *arena, const struct package *package,
                            struct collection *files, struct collection *inputs)
{
    (void)files;
    (void)inputs;
    return diag_error(EXIT_BUILD, (struct pos){.file = path_join(arena, package->code, "Pipfile")},
                      "there is no lock file beside it; write one by 'pipenv lock'");
}

const struct installer installer_pipfile = {
    .language = LANG_PYTHON,
    .manifest = "Pipfile",
    .programs = pipenv_programs,
    .setting = installer_no_setting,
    .version = "--version",
    .place = IN_CODE,
    .arguments = export_arguments,
    .collect = pipfile_collect,
};
