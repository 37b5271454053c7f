#include "deploy/apply.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "commands/places.h"
#include "commands/source.h"
#include "deploy/ask.h"
#include "deploy/diff.h"
#include "stacks/report.h"

/* Shows what apply would change, and applies that if the answer on the terminal is yes. */
static bool apply_asking(struct deployment *deployment)
{
    struct diff diff;
    bool ok = diff_run(deployment, &diff);
    if (!ok || !diff.n)
        return ok;
    diag_flush(); /* the user sees the warnings before the question */
    if (ask("Apply this?"))
        return apply_run(deployment, &diff);
    return !interrupt_signal() && diag_error(EXIT_OTHER, (struct pos){0}, "nothing was applied");
}

static bool apply_one(struct arena *arena, const struct command *command, const char *release,
                      const struct deploy_options *options, bool asks)
{
    struct source source;
    bool ok = source_open(&source, arena, command, release, *options);
    if (ok)
        ok = asks ? apply_asking(&source.deployment) : apply_run(&source.deployment, NULL);
    deploy_end(ok);
    source_close(&source);
    return ok;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    const char *release = NULL, *project = common.project;
    bool asks = false, json = false;
    const struct opt opts[] = {
        PLACES_OPTS(options),
        WAIT_OPTS(options),
        {"--ask", 0, OPT_FLAG, NULL, "show what would change, and ask before applying it", &asks},
        {"--json", 0, OPT_FLAG, NULL, "print events as JSON, one object per line", &json},
        {"--release", 0, OPT_TEXT, "FILE", "apply this file of gordon release, without a project",
         &release},
    };
    struct arena *arena = arena_new();
    char **words = places_keep(arena, argc, argv);
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    source_check(command, release, common.project != project);
    bool several = places_several(command, arena, &options, release);
    if (asks && (several || json))
        opt_usage(command, "--ask works with one stage in one region, and without --json");
    if (asks && !ask_possible())
        opt_usage(command, "--ask needs a terminal; gordon diff shows the changes without one");
    int status = EXIT_DONE;
    report_json(json);
    if (several)
        status = places_run(command, &options, release, argc, words);
    else
        status = deploy_status(apply_one(arena, command, release, &options, asks));
    arena_free(arena);
    return status;
}

const struct command apply_command = {
    .name = "apply",
    .args = "",
    .help = "apply the last build to a stage",
    .run = run,
    .details =
        "Runs the AWS CLI: GORDON_AWS, or aws in PATH. Values of parameters come from\n"
        "parameters/common.yml and parameters/STAGE.yml. Apply can be run again at any time,\n"
        "and changes only what differs. Several stages and regions are applied side by side.\n\n"
        "With --release FILE nothing else is needed: the stage is the release's, and so is\n"
        "the region if gordon release was given one. A damaged or changed release is refused.\n"
        "Paths of file:// and envdir:// parameters then start at the working directory.",
};
