#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/file.h"
#include "base/run.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/pip.h"
#include "languages/python.h"
#include "languages/python_marker.h"
#include "languages/requirements.h"
#include "sources/collect.h"
#include "sources/fact.h"
#include "sources/package.h"

const char *const pip_programs[] = {"pip", "pip3", NULL};

const char *pip_setting(const struct package *package)
{
    return package->pip_path;
}

/* --- inputs ------------------------------------------------------------------------------- */

bool pip_read_extra(struct arena *arena, const struct package *package, struct requirements *r,
                    const char ***words, size_t *n)
{
    const char **all = NULL;
    size_t count = 0;
    if (!run_split(arena, package->pip_extra, &all, &count))
        return diag_error(EXIT_BUILD, package->pos,
                          "a quote is not closed in the settings of %s for pip",
                          package->reference);
    return requirements_read_arguments(r, package->pos, all, count, words, n);
}

/* The name under which a file decides: files of the code folder are the same everywhere. */
static const char *name_of(const struct package *package, const char *path)
{
    return path_within(path, package->code) ? path_below(package->code, path) : path;
}

/* Adds all files of a folder, or only archives and pages of links in it. */
static bool collect_folder(struct arena *arena, const struct package *package, const char *folder,
                           bool archives, struct collection *files, struct collection *inputs)
{
    struct collection all = {
        .arena = arena, .stamped = inputs->stamped, .left_out = inputs->left_out};
    bool inside = root_holds(package->root, folder);
    bool ok = collect_dir(&all, folder, inside ? package->root : folder);
    for (size_t i = 0; ok && i < all.nentries; i++) {
        struct pack_entry entry = all.entries[i];
        if (archives && !requirement_is_archive(entry.name) && !str_ends(entry.name, ".html"))
            continue;
        entry.name = name_of(package, entry.source);
        array_push(arena, files->entries, files->nentries, entry);
    }
    collect_inputs_of(inputs, &all);
    return ok;
}

bool pip_collect(struct arena *arena, const struct package *package, const struct requirements *r,
                 struct collection *files, struct collection *inputs)
{
    struct table seen = {0};
    bool ok = true;
    for (size_t i = 0; i < r->nfiles; i++)
        ok = collect_file(files, r->files[i], name_of(package, r->files[i])) && ok;
    for (size_t i = 0; i < r->nfolders; i++)
        ok = collect_folder(arena, package, r->folders[i], true, files, inputs) && ok;
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i].folder && !table_set(arena, &seen, r->list[i].what, &seen))
            ok = collect_folder(arena, package, r->list[i].what, false, files, inputs) && ok;
    for (size_t i = 0; i < r->nvariables; i++) {
        const char *question = fact_of_variable(arena, r->variables[i]);
        collect_fact(files, question, fact_answer(question));
    }
    return ok;
}

/* Reads the manifest and the arguments. */
static bool read_all(struct arena *arena, const struct package *package, struct requirements *r,
                     const char ***words, size_t *n)
{
    *r = requirements_new(arena, package->root, package->code);
    bool ok = requirements_read(r, path_join(arena, package->code, "requirements.txt"));
    return pip_read_extra(arena, package, r, words, n) && ok;
}

static bool requirements_collect(struct arena *arena, const struct package *package,
                                 struct collection *files, struct collection *inputs)
{
    struct requirements r;
    const char **words = NULL;
    size_t n = 0;
    return read_all(arena, package, &r, &words, &n) &&
           pip_collect(arena, package, &r, files, inputs);
}

/* --- the command -------------------------------------------------------------------------- */

static void add_fixed(struct arena *arena, const char *list, const char *into, const char ***argv,
                      size_t *n)
{
    const char *const fixed[] = {"install",    "--disable-pip-version-check",
                                 "--no-input", "--no-compile",
                                 "--quiet",    "--requirement",
                                 list,         "--target",
                                 into};
    installer_add(arena, argv, n, fixed, countof(fixed));
}

/* The command as it begins; the list is the one of pip_write. */
bool pip_arguments(struct arena *arena, const struct package *package, const char *into,
                   const char ***argv, size_t *n)
{
    add_fixed(arena, "{copy}/requirements.txt", into, argv, n);
    python_platform_args(arena, package->runtime, package->architecture, argv, n);
    return run_split(arena, package->pip_extra, argv, n);
}

/* --- the list ----------------------------------------------------------------------------- */

static void add_lines(const struct pip *pip, struct buf *out)
{
    const struct requirements *r = pip->requirements;
    for (size_t i = 0; i < r->nlines; i++)
        buf_printf(out, "%s\n", r->lines[i]);
    const char *const words[] = {"--find-links", pip->wheels, NULL};
    buf_printf(out, "%s\n", run_line(r->arena, words));
}

static bool write_constraints(const struct pip *pip, struct buf *out)
{
    const struct requirements *r = pip->requirements;
    const char *path = path_join(r->arena, pip->installing->copy, "constraints.txt");
    struct buf text = {0};
    for (size_t i = 0; i < r->nconstraints; i++)
        buf_printf(&text, "%s\n", requirement_line(r->arena, &r->constraints[i]));
    const char *const words[] = {"--constraint", path, NULL};
    if (r->nconstraints)
        buf_printf(out, "%s\n", run_line(r->arena, words));
    bool ok = !r->nconstraints || file_write(path, text.data, text.len, 0600);
    buf_free(&text);
    return ok;
}

static const char *line_of(const struct pip *pip, const struct requirement *r)
{
    return r->line ? r->line : requirement_line(pip->requirements->arena, r);
}

bool pip_write(const struct pip *pip, const char *name, const char *requirement, const char **path)
{
    const struct requirements *r = pip->requirements;
    struct buf text = {0};
    *path = path_join(r->arena, pip->installing->copy, name);
    add_lines(pip, &text);
    bool ok = write_constraints(pip, &text);
    for (size_t i = 0; !requirement && i < r->n; i++)
        buf_printf(&text, "%s\n", line_of(pip, &r->list[i]));
    if (requirement)
        buf_printf(&text, "%s\n", requirement);
    ok = ok && file_write(*path, text.data, text.len, 0600);
    buf_free(&text);
    return ok;
}

/* --- installing --------------------------------------------------------------------------- */

/* The requirement that pip found no wheel of, by what it printed; or NULL. */
static const char *unmatched(struct arena *arena, const char *printed)
{
    static const char words[] = "No matching distribution found for ";
    const char *found = NULL;
    for (const char *at = printed; at && (at = strstr(at, words));)
        found = at += strlen(words);
    return found ? arena_strndup(arena, found, strcspn(found, ";\r\n")) : NULL;
}

/* Runs pip, and reports nothing. */
static bool try_install(const struct pip *pip, const char *list, struct run *run)
{
    const struct installing *in = pip->installing;
    const struct package *package = in->package;
    struct arena *arena = in->arena;
    const char **argv = NULL;
    size_t n = 0;
    if (!installer_program(arena, &installer_pip, package, &argv, &n))
        return false;
    add_fixed(arena, list, in->into, &argv, &n);
    python_platform_args(arena, package->runtime, package->architecture, &argv, &n);
    installer_add(arena, &argv, &n, pip->words, pip->nwords);
    if (pip->complete)
        array_push(arena, argv, n, "--no-deps");
    array_push(arena, argv, n, NULL);
    *run = (struct run){.argv = argv, .folder = package->code, .env = pip->env, .merge = true};
    return run_wait(run);
}

/* Installs; builds what has no wheel, and tries again. Each round builds another package. */
static bool install_rounds(struct pip *pip)
{
    const struct installing *in = pip->installing;
    struct table tried = {0};
    for (;;) {
        struct run run = {.status = -1};
        const char *list;
        if (!pip_write(pip, "requirements.txt", NULL, &list))
            return diag_error(EXIT_BUILD, (struct pos){.file = list}, "cannot be written: %s",
                              strerror(errno));
        bool found = false, done = try_install(pip, list, &run), ok = done;
        const char *spec = done || run.status < 0 ? NULL : unmatched(in->arena, run.out.data);
        if (spec && !pip->requirements->only_binary && !table_set(in->arena, &tried, spec, &tried))
            ok = pip_build_named(pip, spec, &found);
        if (!done && !found)
            ok = installing_report(in, in->package->pos, installing_failed(in), in->installer->hint,
                                   &run);
        buf_free(&run.out);
        buf_free(&run.err);
        if (done || !ok)
            return ok;
    }
}

bool pip_install(const struct installing *installing, struct requirements *r, bool complete)
{
    struct pip pip = {
        .installing = installing,
        .requirements = r,
        .wheels = path_join(installing->arena, installing->copy, "wheels"),
        .complete = complete,
    };
    if (!pip_read_extra(installing->arena, installing->package, r, &pip.words, &pip.nwords))
        return false;
    if (complete && !r->n)
        return true;
    if (!file_mkdirs(pip.wheels))
        return diag_error(EXIT_BUILD, (struct pos){.file = pip.wheels}, "cannot be made: %s",
                          strerror(errno));
    const char *markers = path_join(installing->arena, installing->copy, "markers");
    pip.env = python_marker_env(installing->arena, installing->package, markers);
    if (!pip.env)
        return diag_error(EXIT_BUILD, (struct pos){.file = markers}, "cannot be written: %s",
                          strerror(errno));
    return pip_build_all(&pip) && install_rounds(&pip) &&
           python_check(installing->arena, installing->package, installing->into);
}

static bool requirements_run(const struct installing *installing)
{
    const struct package *package = installing->package;
    struct arena *arena = installing->arena;
    struct requirements r = requirements_new(arena, package->root, package->code);
    return requirements_read(&r, path_join(arena, package->code, "requirements.txt")) &&
           pip_install(installing, &r, false);
}

const struct installer installer_pip = {
    .language = LANG_PYTHON,
    .manifest = "requirements.txt",
    .programs = pip_programs,
    .setting = pip_setting,
    .version = "--version",
    .place = IN_CODE,
    .arguments = pip_arguments,
    .finish = python_clean,
    .hint = "pip installs wheels for the lambda's platform, and builds only pure Python; a package "
            "without one needs a wheel of your own, or build commands",
    .collect = requirements_collect,
    .run = requirements_run,
};
