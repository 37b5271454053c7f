#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/run.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "sources/collect.h"
#include "sources/package.h"

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* Whether the option at `i` of argv, with its value, continues a series of the same option. */
static bool continues(const char *const *argv, size_t i)
{
    return i >= 2 && argv[i - 1] && argv[i] && strcmp(argv[i], argv[i - 2]) == 0;
}

/* argv with "..." for the middle of a long series of one option, such as pip's --platform. */
static const char *const *shortened(struct arena *arena, const char *const *argv)
{
    const char **words = NULL;
    size_t n = 0;
    for (size_t i = 0; argv[i]; i++) {
        size_t end = i;
        while (*argv[i] == '-' && argv[end + 1] && argv[end + 2] && continues(argv, end + 2))
            end += 2;
        array_push(arena, words, n, argv[i]);
        if (end - i < 4)
            continue;
        array_push(arena, words, n, argv[i + 1]);
        array_push(arena, words, n, "...");
        i = end - 1;
    }
    array_push(arena, words, n, NULL);
    return words;
}

const char *installing_failed(const struct installing *installing)
{
    return arena_printf(installing->arena, "the dependencies of %s could not be installed",
                        installing->package->reference);
}

/* What to do if a program is not there. */
static const char *missing_hint(const struct installing *installing, const struct run *run)
{
    static const char *const settings[] = {
        [LANG_PYTHON] = "pip-path", [LANG_NODE] = "npm-path", [LANG_JAVA] = "gradle-path"};
    const struct installer *installer = installing->installer;
    size_t language = installer->language;
    if (installer->missing && str_one_of(run->argv[0], installer->programs, 1))
        return installer->missing;
    if ((installer->setting == installer_no_setting && !installer->then) ||
        language >= countof(settings) || !settings[language])
        return "install the program, or set 'build' to other commands";
    return arena_printf(installing->arena, "install the program, or name it with %s",
                        settings[language]);
}

bool installing_report(const struct installing *installing, struct pos pos, const char *what,
                       const char *hint, const struct run *run)
{
    const struct package *package = installing->package;
    struct arena *arena = installing->arena;
    const char *manifest = path_join(arena, package->code, installing->installer->manifest);
    diag_error(EXIT_BUILD, pos, "%s: %s %s", what, run->argv[0], run_words(arena, run));
    if (run->status >= 0 || run_is_missing(run))
        diag_note((struct pos){.file = manifest}, "%s",
                  run->status < 0 ? missing_hint(installing, run) : hint);
    diag_note((struct pos){0}, "the command was: %s", run_line(arena, shortened(arena, run->argv)));
    if (run->status >= 0)
        diag_printed(run->out.data);
    return false;
}

bool installing_step(const struct installing *installing, const char *const *argv,
                     const char *folder, const char **output)
{
    const struct package *package = installing->package;
    struct run run = {.argv = argv, .folder = folder, .env = installing->env, .merge = true};
    bool ok =
        run_wait(&run) || installing_report(installing, package->pos, installing_failed(installing),
                                            installing->installer->hint, &run);
    if (output)
        *output = arena_strdup(installing->arena, run.out.data ? run.out.data : "");
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* Runs the one command of the installer. */
static bool run_command(const struct installing *installing)
{
    const struct installer *installer = installing->installer;
    const char *const folders[] = {[IN_CODE] = installing->package->code,
                                   [IN_COPY] = installing->copy,
                                   [IN_INTO] = installing->into};
    const char *folder = folders[installer->place];
    if (installer->place != IN_CODE &&
        !collect_copy(installing->arena, installing->files, installing->nfiles, folder))
        return false;
    if (installer->prepare && !installer->prepare(installing->arena, installing->into))
        return fail(installing->into, "cannot be prepared");
    return installing_step(
        installing,
        installer_argv(installing->arena, installer, installing->package, installing->into), folder,
        NULL);
}

bool installing_run(const struct installing *installing)
{
    const struct installer *installer = installing->installer;
    bool ok = installer->run ? installer->run(installing) : run_command(installing);
    return ok && (!installer->finish || installer->finish(installing->arena, installing->into) ||
                  fail(installing->into, "cannot be cleaned up"));
}
