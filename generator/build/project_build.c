#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/pool.h"
#include "base/printable.h"
#include "base/removal.h"
#include "base/say.h"
#include "build/artifact_files.h"
#include "build/built.h" /* for BUILDING */
#include "build/load.h"
#include "build/packing.h"
#include "build/plan.h"
#include "build/project_build.h"
#include "build/repack.h"
#include "build/state.h"
#include "build/unzipped.h"
#include "kinds/kinds.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/layer.h"
#include "resources/artifact.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/notes.h"
#include "sources/package.h"
#include "sources/work.h"

/* What is packed by the build. */
struct job {
    struct package *package;
    const struct state_part *current; /* of the last build, if its zip is up to date; or NULL */
    bool alone;                       /* nothing else of the project depends on the zip */
    struct file_stamp zip;            /* before it is packed */
};

struct build {
    struct arena *arena;
    const struct project_build *options;
    const char *output, *work, *state_path;
    const char *program; /* a digest of this program and of the options */
    const char *words;   /* the same with the project's path as messages show it */
    struct state state;  /* of the last build */
    struct file_stamp state_stamp;
    const struct state_part *whole; /* of that state, while it is current; or NULL */
    bool was_current;               /* that part, at the beginning */
    struct loaded loaded;
    struct job *jobs, **open; /* all of them, and those to run */
    size_t njobs, nopen;
    struct buf text, next; /* the printed text; the state for the next build */
    bool templates_written;
    bool swept; /* builds that were killed have left no temporary files */
};

static const char *digest_of(struct arena *arena, const char *a, const char *b)
{
    char *hex = arena_alloc(arena, SHA256_HEX);
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, a, strlen(a) + 1);
    sha256_add(&digest, b, strlen(b) + 1);
    sha256_hex(&digest, hex);
    return hex;
}

/* --- lambdas ------------------------------------------------------------------------------ */

/* A digest of everything besides files that decides a lambda's zip. */
static const char *made_by(const struct build *b, struct arena *arena,
                           const struct package *package)
{
    char *plan = plan_text(package);
    if (!plan)
        fatal("%s: the path of a project must be UTF-8", b->options->project);
    const char *digest = digest_of(arena, b->program, plan);
    free(plan);
    return digest;
}

static void list_jobs(struct build *b)
{
    const struct model *model = b->loaded.model;
    const struct package_dirs dirs = {b->output, b->work, NULL};
    for (size_t i = 0; i < model->nbundles; i++) {
        const struct bundle *bundle = model->bundles[i];
        const struct layer *layers[LAMBDA_LAYERS_MAX];
        struct job job = {.package = package_of(model, bundle, &dirs)};
        job.alone = bundle->lambda && !lambda_own_layers(model, bundle->lambda, layers);
        if (b->state.nlist)
            job.current = state_current(&b->state, package_id(job.package),
                                        made_by(b, b->arena, job.package));
        array_push(b->arena, b->jobs, b->njobs, job);
    }
    for (size_t i = 0; i < b->njobs; i++) {
        if (b->jobs[i].current)
            state_add(&b->next, b->jobs[i].current);
        else
            array_push(b->arena, b->open, b->nopen, &b->jobs[i]);
    }
}

static bool run_job(size_t index, struct buf *result, void *data)
{
    struct build *b = data;
    const struct job *job = b->open[index];
    struct collection seen = {0};
    struct arena *arena = arena_new();
    if (b->options->debug)
        say(stderr, "gordon: packing %s", job->package->reference);
    if (!b->swept)
        package_sweep(arena, job->package);
    diag_once(true); /* a lambda's warnings come when it is packed, whichever process packs it */
    bool ok = packing_run(arena, job->package, &(struct notes){.inputs = &seen});
    diag_once(false);
    if (ok) {
        struct state_part part = {.name = package_id(job->package),
                                  .made_by = made_by(b, arena, job->package),
                                  .text = job->alone ? repack_text(arena, job->package) : ""};
        state_add_seen(arena, &part, &seen);
        state_add_output(arena, &part, job->package->zip);
        state_add(result, &part);
    }
    arena_free(arena);
    return ok;
}

static void job_done(size_t index, const struct buf *result, void *data)
{
    struct build *b = data;
    (void)index;
    buf_add(&b->next, result->data, result->len);
}

/* The process was killed, perhaps because memory was short. Removes the zip, which may be from an
 * earlier build and look new. */
static void job_died(size_t index, const char *words, void *data)
{
    struct build *b = data;
    const struct package *package = b->open[index]->package;
    diag_error(EXIT_BUILD, package->pos, "%s was not packed: the process for it %s",
               package->reference, words);
    package_remove_zip(b->arena, package);
}

/* --- the whole build ---------------------------------------------------------------------- */

/* Runs while the workers pack lambdas. Frees the templates here too, because that takes time. */
static void write_templates(void *data)
{
    struct build *b = data;
    load_warn(&b->loaded);
    b->templates_written = load_write_templates(&b->loaded, b->output);
    load_release(&b->loaded);
}

/* Adds the part of the state for the settings, the parameters and the templates. */
static void add_whole(struct build *b)
{
    struct collection seen;
    struct state_part part = {.name = "", .made_by = b->words, .text = b->text.data};
    diag_flush();
    part.warned = diag_warned(&part.nwarned);
    load_seen(b->arena, &b->loaded, &seen);
    state_add_seen(b->arena, &part, &seen);
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (b->loaded.files[step].name)
            state_add_output(b->arena, &part,
                             path_absolute(b->arena, path_join(b->arena, b->output,
                                                               b->loaded.files[step].name)));
    for (size_t i = 0; i < b->loaded.model->artifacts->n; i++)
        state_add_output(
            b->arena, &part,
            path_absolute(b->arena, artifact_file(b->arena, b->output,
                                                  &b->loaded.model->artifacts->list[i])));
    state_add(&b->next, &part);
}

static void print_loaded(struct build *b)
{
    kinds_print(b->loaded.model, &b->text);
    buf_adds(&b->text, "Building project...\n");
    if (!b->options->silent)
        fputs(b->text.data, stdout);
    diag_flush();
}

static void print_files(struct build *b)
{
    size_t before = b->text.len;
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (b->loaded.files[step].name)
            buf_printf(&b->text, "  %s\n", b->loaded.files[step].name);
    if (!b->options->silent)
        fputs(b->text.data + before, stdout);
}

/* Whether killed builds may have left temporary files. Listing the folder of the zips once is
 * cheaper than once for each zip. */
static bool has_unfinished(struct build *b)
{
    size_t n = 0;
    char **names = file_list(b->arena, path_join(b->arena, b->output, "code"), &n);
    for (size_t i = 0; i < n; i++)
        if (str_ends(names[i], ".tmp"))
            return true;
    return (!names && errno != ENOENT) ||
           file_look(path_join(b->arena, b->work, "lambdas")) != FILE_MISSING;
}

static void clean_up(void *data)
{
    struct build *b = data;
    for (size_t i = 0; i < b->nopen; i++)
        package_sweep(b->arena, b->open[i]->package);
}

static bool pack(struct build *b, void (*meanwhile)(void *))
{
    const struct pool pool = {
        .jobs = b->nopen,
        .workers = b->options->workers,
        .run = run_job,
        .done = job_done,
        .died = job_died,
        .meanwhile = meanwhile,
        .interrupted = clean_up,
        .data = b,
    };
    for (size_t i = 0; b->options->changes && i < b->nopen; i++)
        b->open[i]->zip = file_stamp_now(b->open[i]->package->zip);
    return pool_run(&pool);
}

static bool build_all(struct build *b)
{
    bool ok = pack(b, write_templates);
    return ok && b->templates_written &&
           plan_clean_templates(b->arena, b->loaded.files, b->output) &&
           plan_clean_zips(b->loaded.model, b->output, b->work);
}

/* Removes all templates, because a mix of old and new files must not be applied. No other build
 * needs them, because this one holds the lock. */
static void forget_templates(struct build *b)
{
    plan_clean_templates(b->arena, (struct step_file[STEP_COUNT]){0}, b->output);
}

/* Warns about lambdas that are too large together with their layers. */
static void check_layers(struct build *b)
{
    const struct model *model = b->loaded.model;
    const struct layer *layers[LAMBDA_LAYERS_MAX];
    struct table known = {0};
    for (size_t i = 0; i < model->nbundles; i++) {
        const struct bundle *bundle = model->bundles[i];
        size_t n = bundle->lambda ? lambda_own_layers(model, bundle->lambda, layers) : 0;
        if (!n)
            continue;
        const char *code = path_join(b->arena, b->output, "code"), *zips[LAMBDA_LAYERS_MAX + 1];
        zips[0] = path_join(b->arena, code, bundle->zip_key);
        for (size_t k = 0; k < n; k++)
            zips[k + 1] = path_join(b->arena, code, layers[k]->bundle->zip_key);
        unzipped_check_layers(b->arena, &known, zips, n + 1, bundle->resource->key->pos, false);
    }
}

/* Prints what loading the project printed and warned of in the last build, and the names of the
 * files as `print_files`. Returns where those begin. */
static const char *show_loaded(const struct build *b)
{
    static const char last[] = "Building project...\n";
    const struct state_part *whole = b->whole;
    const char *folder = project_folder(b->arena, b->options->project);
    if (b->options->silent)
        return "";
    for (size_t i = 0; i < whole->nwarned; i++)
        project_show_lines(b->arena, folder, whole->warned[i].pos.file);
    for (size_t i = 0; i < whole->nwarned; i++)
        (whole->warned[i].is_note ? diag_note : diag_warning)(whole->warned[i].pos, "%s",
                                                              whole->warned[i].text);
    const char *found = strstr(whole->text, last);
    const char *files = found ? found + strlen(last) : whole->text;
    printable_write(stdout, whole->text, (size_t)(files - whole->text), PRINTABLE_LINES);
    return files;
}

static void show_files(const char *files)
{
    printable_write(stdout, files, strlen(files), PRINTABLE_LINES);
}

/* Builds what is open: with the templates, or only what was packed before. */
static bool build_parts(struct build *b)
{
    if (b->whole) {
        const char *files = show_loaded(b);
        diag_flush();
        bool ok = pack(b, NULL);
        if (ok) {
            show_files(files);
            state_add(&b->next, b->whole);
        }
        return ok;
    }
    bool ok = plan_note_zips(b->loaded.model, b->output) && build_all(b);
    if (ok) {
        check_layers(b);
        print_files(b);
        add_whole(b);
    }
    return ok;
}

static bool build_locked(struct build *b)
{
    const char *building = path_join(b->arena, b->output, BUILDING);
    if (!file_touch(building))
        return diag_error(EXIT_OTHER, (struct pos){.file = building}, "cannot be written: %s",
                          strerror(errno));
    b->swept = !has_unfinished(b);
    bool ok = build_parts(b);
    state_save(b->state_path, &b->next);
    ok = work_remove(b->arena, b->output, PLAN_WORK) && ok;
    if (!ok)
        forget_templates(b);
    if (!remove_path(building))
        ok = diag_error(EXIT_OTHER, (struct pos){.file = building}, "cannot be removed: %s",
                        strerror(errno));
    return ok;
}

/* Returns a lock, or -1 after a reported error. */
static int lock_output(struct build *b)
{
    if (!work_check_output(b->arena, b->output) || !work_claim(b->arena, b->work))
        return -1;
    int lock = lock_folder(b->arena, b->work);
    if (lock < 0)
        diag_error(EXIT_OTHER, (struct pos){.file = b->work}, "cannot be written: %s",
                   strerror(errno));
    return lock;
}

/* If the settings are wrong and there was no build yet, there is nothing to lock or to remove. */
static bool build(struct build *b)
{
    bool loaded = load(b->arena, b->options->project, &b->loaded) && load_secrets(&b->loaded);
    if (loaded) {
        print_loaded(b);
        list_jobs(b);
    } else if (file_look(b->work) == FILE_MISSING) {
        return false;
    }
    int lock = lock_output(b);
    if (lock < 0)
        return false;
    if (!loaded)
        forget_templates(b);
    bool ok = loaded && build_locked(b);
    close(lock); /* a build that waits for this one goes on now */
    return ok;
}

/* --- what has changed since the last build ------------------------------------------------ */

enum changed { CHANGED_NOTHING, CHANGED_CODE, CHANGED_ALL };

/* Opens a job for a part that is not current. Returns false if the project must be loaded. */
static bool reopen(struct build *b, const struct state_part *part)
{
    struct job *job = arena_alloc(b->arena, sizeof *job);
    *job = (struct job){.package = repack_package(b->arena, part), .alone = true};
    if (!job->package || strcmp(made_by(b, b->arena, job->package), part->made_by) != 0)
        return false;
    array_push(b->arena, b->open, b->nopen, job);
    return true;
}

/* Sets `whole` if that is current. Then the jobs of what else has changed are open, if that is code
 * which can be packed without loading the project. */
static enum changed find_changed(struct build *b)
{
    const struct state_part **current = NULL;
    size_t n = 0;
    b->whole = state_current(&b->state, "", b->words);
    b->was_current = b->whole;
    if (!b->whole || file_look(path_join(b->arena, b->output, BUILDING)) != FILE_MISSING)
        return CHANGED_ALL; /* a killed build has left its mark, which apply would refuse */
    for (size_t i = 0; i < b->state.nlist; i++) {
        const struct state_part *part = b->state.list[i];
        if (!*part->name)
            continue;
        if (state_current(&b->state, part->name, part->made_by))
            array_push(b->arena, current, n, part);
        else if (!reopen(b, part))
            return CHANGED_ALL;
    }
    for (size_t i = 0; b->nopen && i < n; i++)
        state_add(&b->next, current[i]);
    return b->nopen ? CHANGED_CODE : CHANGED_NOTHING;
}

/* Forgets what find_changed has found. */
static bool build_everything(struct build *b)
{
    b->whole = NULL;
    b->open = NULL;
    b->nopen = 0;
    buf_free(&b->next);
    b->next = (struct buf){0};
    return build(b);
}

static bool build_changed(struct build *b)
{
    int lock = lock_output(b);
    if (lock < 0)
        return false;
    struct file_stamp stamp = file_stamp_now(b->state_path);
    bool same = file_same_stamp(&stamp, &b->state_stamp);
    bool ok = same && build_locked(b);
    close(lock);
    return same ? ok : build_everything(b); /* another build has ended meanwhile */
}

static bool build_what_changed(struct build *b)
{
    switch (find_changed(b)) {
    case CHANGED_NOTHING:
        show_files(show_loaded(b));
        return true;
    case CHANGED_CODE:
        return build_changed(b);
    default:
        return build_everything(b);
    }
}

static void note_changes(struct build *b, struct project_changes *changes)
{
    *changes = (struct project_changes){.loaded = !b->was_current};
    for (size_t i = 0; i < b->nopen; i++) {
        const struct package *package = b->open[i]->package;
        struct file_stamp now = file_stamp_now(package->zip);
        if (!file_same_stamp(&now, &b->open[i]->zip))
            array_push(b->arena, changes->packed, changes->npacked, package->reference);
    }
}

bool project_build(struct arena *arena, const struct project_build *options)
{
    const char *asked = arena_printf(arena, "%s\n%s\n%d", path_absolute(arena, options->project),
                                     path_absolute(arena, options->output), options->quiet);
    struct build b = {
        .arena = arena,
        .options = options,
        .output = options->output,
        .work = path_join(arena, options->output, ".gordon"),
    };
    b.state_path = path_join(arena, options->output, PLAN_STATE);
    b.program = digest_of(arena, state_program(arena), asked);
    b.words = digest_of(arena, b.program, options->project);
    b.state_stamp = file_stamp_now(b.state_path);
    bool ok = state_load(&b.state, arena, b.state_path) && build_what_changed(&b);
    if (options->changes)
        note_changes(&b, options->changes);
    load_release(&b.loaded);
    buf_free(&b.text);
    buf_free(&b.next);
    return ok;
}
