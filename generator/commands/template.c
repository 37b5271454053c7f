#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "build/plan.h"
#include "build/state.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "resources/steps.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/notes.h"
#include "sources/work.h"

/* Writes the depfile: the files of parameters, because the caller knows the settings files; and
 * with a stamp, which is for Make, the templates too (see notes_write). */
static bool write_notes(struct arena *arena, const struct notes *notes, const struct loaded *loaded,
                        const char *output)
{
    const struct secrets *secrets = &loaded->secrets;
    const char **templates = NULL, **inputs = NULL;
    size_t n = 0, count = 0;
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (loaded->files[step].json)
            array_push(arena, templates, n,
                       path_absolute(arena, path_join(arena, output, loaded->files[step].name)));
    array_push(arena, inputs, count, secrets_listing(arena, secrets));
    for (size_t i = 0; i < loaded->project->nlinks; i++)
        array_push(arena, inputs, count, loaded->project->links[i]);
    for (size_t i = 0; i < loaded->project->ninputs; i++)
        array_push(arena, inputs, count, loaded->project->inputs[i]);
    for (size_t i = 0; i < secrets->inputs.ninputs; i++)
        array_push(arena, inputs, count, secrets->inputs.inputs[i]);
    for (size_t i = 0; notes->stamp && i < n; i++)
        array_push(arena, inputs, count, templates[i]);
    return notes_write(notes, n ? templates[0] : output, inputs, count);
}

static void record(const struct notes *notes, const struct loaded *loaded)
{
    struct arena *arena = arena_new();
    struct collection seen;
    load_seen(arena, loaded, &seen);
    state_save_one(notes->record, "", "", &seen);
    arena_free(arena);
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct notes notes = {0};
    bool planned = false;
    const struct opt opts[] = {
        {"--planned", 0, OPT_FLAG, NULL, "omit the warnings that gordon plan has printed",
         &planned},
        NOTES_OPTS(notes),
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    notes_of_plan(arena, &notes, NULL, NULL);
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool quiet = diag_quiet(planned || common.quiet);
    bool ok = load(arena, common.project, &loaded);
    diag_quiet(quiet);
    ok = ok && load_secrets(&loaded);
    if (ok && !planned)
        load_warn_limits(&loaded);
    ok = ok && work_check_output(arena, output) && load_write_templates(&loaded, output) &&
         plan_clean_templates(arena, loaded.files, output) &&
         write_notes(arena, &notes, &loaded, output);
    if (ok && notes.record)
        record(&notes, &loaded);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command template_command = {
    .name = "template",
    .args = "",
    .help = "write the templates only",
    .run = run,
    .details = "Runs no build command and reads no code.",
};
