#include "local/interpreter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "local/function.h"
#include "settings/project.h"

enum { MINORS_MOST = 40 };

/* How lambdas of a language are run. */
struct way {
    const char *runtime; /* the beginning of AWS's identifiers */
    const char *program;
    const char *bootstrap;   /* a file of Gordon's data */
    const char *path_option; /* with `path_code`: prints the path of the interpreter itself */
    const char *path_code;
    const char *package; /* for the error */
    const char *option;  /* of the interpreter; or NULL */
};

static const struct way ways[] = {
    {"python", "python3", "runtimes/python.py", "-c", "import sys; print(sys.executable)",
     "python3", "-S"},
    {"nodejs", "node", "runtimes/node.mjs", "-p", "process.execPath", "nodejs"},
    {"ruby", "ruby", "runtimes/ruby.rb", "-e", "puts RbConfig.ruby", "ruby"},
};

/* Whether a program is a script: tools that keep several versions of an interpreter put one into
 * PATH that looks for the right version, in an environment that lambdas do not have. */
static bool is_script(const char *path)
{
    char start[2] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool script = fd >= 0 && fd_read(fd, start, sizeof start) == sizeof start &&
                  memcmp(start, "#!", sizeof start) == 0;
    fd_drop(fd);
    return script;
}

/* Asks a script for the interpreter that it starts; NULL if it starts none. */
static const char *asked(struct arena *arena, const struct way *way, const char *script)
{
    const char *const argv[] = {script, way->path_option, way->path_code, NULL};
    struct run run = {.argv = argv};
    const char *path = NULL;
    if (run_wait(&run) && run.out.len) {
        path = arena_strndup(arena, run.out.data, strcspn(run.out.data, "\n"));
        path = path[0] == '/' && run_found(path) ? path : NULL;
    }
    buf_free(&run.out);
    buf_free(&run.err);
    return path;
}

static const char *find(struct arena *arena, const struct way *way, const char *name)
{
    const char *path = run_which(arena, name);
    return path && is_script(path) ? asked(arena, way, path) : path;
}

/* The Python whose version is nearest to the runtime's: programs have names such as python3.12.
 * Scripts are not asked, because each answer takes as long as a start of Python. */
static const char *nearest_python(struct arena *arena, const char *runtime)
{
    const char *dot = strchr(runtime, '.');
    long wanted = dot ? strtol(dot + 1, NULL, 10) : 0;
    for (long distance = 1; distance < MINORS_MOST; distance++)
        for (int sign = 1; sign >= -1; sign -= 2) {
            long minor = wanted + sign * distance;
            const char *path =
                minor < 0 ? NULL : run_which(arena, arena_printf(arena, "python3.%ld", minor));
            if (path && !is_script(path))
                return path;
        }
    return NULL;
}

static bool find_interpreter(struct arena *arena, const struct way *way, const char *runtime,
                             struct interpreter *interpreter)
{
    const char *path = find(arena, way, runtime); /* as python3.13 or ruby3.4 */
    if (!path && strcmp(way->runtime, "python") == 0)
        path = nearest_python(arena, runtime);
    if (!path)
        path = find(arena, way, way->program);
    if (!path)
        return diag_error(EXIT_OTHER, (struct pos){0},
                          "'%s' is not in PATH, and a lambda with the runtime %s needs it to run "
                          "here; on Debian and Ubuntu install the package %s",
                          way->program, runtime, way->package);
    const char **argv = arena_alloc(arena, 4 * sizeof *argv), **next = argv;
    *next++ = path;
    if (way->option)
        *next++ = way->option;
    *next = path_join(arena, project_data_dir(arena), way->bootstrap);
    *interpreter = (struct interpreter){.argv = argv, .folder = path_dir(arena, path)};
    return true;
}

/* A program of its own: `bootstrap` in the code, or in a layer. */
static bool find_bootstrap(struct arena *arena, const struct function *f,
                           struct interpreter *interpreter)
{
    const char *const folders[] = {f->task, f->opt};
    const char **argv = arena_alloc(arena, 2 * sizeof *argv);
    for (size_t i = 0; i < countof(folders) && !argv[0]; i++) {
        const char *path = folders[i] ? path_join(arena, folders[i], "bootstrap") : NULL;
        if (path && file_look(path) == FILE_REGULAR)
            argv[0] = path;
    }
    if (!argv[0])
        return diag_error(EXIT_OTHER, (struct pos){0},
                          "neither the zip of %s nor a layer has the program 'bootstrap', which "
                          "the runtime %s starts",
                          f->reference, f->runtime);
    *interpreter = (struct interpreter){.argv = argv};
    return true;
}

bool interpreter_find(struct arena *arena, const struct function *f,
                      struct interpreter *interpreter)
{
    if (str_starts(f->runtime, "provided"))
        return find_bootstrap(arena, f, interpreter);
    for (size_t i = 0; i < countof(ways); i++)
        if (str_starts(f->runtime, ways[i].runtime))
            return find_interpreter(arena, &ways[i], f->runtime, interpreter);
    return diag_error(EXIT_OTHER, (struct pos){0},
                      "%s has the runtime %s, which cannot run here; Python, Node, Ruby and "
                      "programs of one's own (provided.al2023) can",
                      f->reference, f->runtime);
}
