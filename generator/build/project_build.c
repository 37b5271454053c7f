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
};

struct build {
    struct arena *arena;
    const struct project_build *options;
    const char *output, *work, *state_path;
    const char *program; /* a digest of this program and of the options */
    const char *words;   /* the same with the project's path as messages show it */
    struct state state;  /* of the last build */
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

/* --- nothing to do ------------------------------------------------------------------------ */

static bool all_current(const struct build *b)
{
    for (size_t i = 0; i < b->state.nlist; i++)
        if (*b->state.list[i]->name &&
            !state_current(&b->state, b->state.list[i]->name, b->state.list[i]->made_by))
            return false;
    return true;
}

/* Whether nothing has changed since the last build. Then prints its warnings and text again. */
static bool nothing_to_do(struct build *b)
{
    const struct state_part *whole = state_current(&b->state, "", b->words);
    if (!whole || !all_current(b) ||
        file_look(path_join(b->arena, b->output, BUILDING)) != FILE_MISSING)
        return false; /* a killed build has left its mark, which apply would refuse */
    for (size_t i = 0; i < whole->nwarned; i++)
        project_show_lines(b->arena, project_folder(b->arena, b->options->project),
                           whole->warned[i].pos.file);
    for (size_t i = 0; i < whole->nwarned; i++)
        (whole->warned[i].is_note ? diag_note : diag_warning)(whole->warned[i].pos, "%s",
                                                              whole->warned[i].text);
    printable_write(stdout, whole->text, strlen(whole->text), PRINTABLE_LINES);
    return true;
}

/* --- lambdas ------------------------------------------------------------------------------ */

/* A digest of everything besides files that decides a lambda's zip. */
static const char *made_by(const struct build *b, struct arena *arena,
                           const struct package *package)
{
    char *plan = plan_text(package);
    if (!plan)
        fatal("%s: the path of a project must be UTF-8", b->loaded.project->dir);
    const char *digest = digest_of(arena, b->program, plan);
    free(plan);
    return digest;
}

static void list_jobs(struct build *b)
{
    const struct model *model = b->loaded.model;
    const struct package_dirs dirs = {b->output, b->work, NULL};
    for (size_t i = 0; i < model->nbundles; i++) {
        struct job job = {.package = package_of(model, model->bundles[i], &dirs)};
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
                                  .text = ""};
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
    fputs(b->text.data, stdout);
    diag_flush();
}

static void print_files(struct build *b)
{
    size_t before = b->text.len;
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (b->loaded.files[step].name)
            buf_printf(&b->text, "  %s\n", b->loaded.files[step].name);
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

static bool build_all(struct build *b)
{
    const struct pool pool = {
        .jobs = b->nopen,
        .workers = b->options->workers,
        .run = run_job,
        .done = job_done,
        .died = job_died,
        .meanwhile = write_templates,
        .interrupted = clean_up,
        .data = b,
    };
    bool ok = pool_run(&pool);
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

static bool build_locked(struct build *b)
{
    const char *building = path_join(b->arena, b->output, BUILDING);
    if (!file_touch(building))
        return diag_error(EXIT_OTHER, (struct pos){.file = building}, "cannot be written: %s",
                          strerror(errno));
    b->swept = !has_unfinished(b);
    bool ok = plan_note_zips(b->loaded.model, b->output) && build_all(b);
    if (ok) {
        check_layers(b);
        print_files(b);
        add_whole(b);
    }
    state_save(b->state_path, &b->next);
    ok = work_remove(b->arena, b->output, PLAN_WORK) && ok;
    if (!ok)
        forget_templates(b);
    if (!remove_path(building))
        ok = diag_error(EXIT_OTHER, (struct pos){.file = building}, "cannot be removed: %s",
                        strerror(errno));
    return ok;
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
    if (!work_check_output(b->arena, b->output) || !work_claim(b->arena, b->work))
        return false;
    int lock = lock_folder(b->arena, b->work);
    if (lock < 0)
        return diag_error(EXIT_OTHER, (struct pos){.file = b->work}, "cannot be written: %s",
                          strerror(errno));
    if (!loaded)
        forget_templates(b);
    bool ok = loaded && build_locked(b);
    close(lock); /* a build that waits for this one goes on now */
    return ok;
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
    bool ok = state_load(&b.state, arena, b.state_path) && (nothing_to_do(&b) || build(&b));
    load_release(&b.loaded);
    buf_free(&b.text);
    buf_free(&b.next);
    return ok;
}
