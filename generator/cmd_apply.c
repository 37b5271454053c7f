#include "apply.h"
#include "ask.h"
#include "cmd.h"
#include "diag.h"
#include "diff.h"
#include "places.h"
#include "report.h"
#include "run.h"
#include "source.h"

/* Shows what apply would do, and does it when the person at the terminal says so. */
static bool apply_asking(struct deployment *deployment)
{
    struct diff diff;
    bool ok = diff_run(deployment, &diff);
    if (!ok || !diff.n)
        return ok;
    diag_flush(); /* warnings, too, are there to be thought of before the answer */
    if (ask("Apply this?"))
        return apply_run(deployment, &diff);
    return !run_signal() && diag_error(EXIT_OTHER, (struct pos){0}, "nothing was applied");
}

static bool apply_one(struct arena *arena, const struct command *command, const char *release,
                      const struct deploy_options *options, bool asks)
{
    struct source source;
    bool ok = source_open(&source, arena, command, release, *options);
    if (ok)
        ok = asks ? apply_asking(&source.deployment) : apply_run(&source.deployment, NULL);
    enum exit_code code = diag_flush();
    report_end(run_signal() ? 128 + run_signal() : code ? (int)code : !ok);
    source_close(&source);
    return ok;
}

int cmd_apply(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    const char *release = NULL, *project = common.project;
    bool asks = false, json = false;
    const struct opt opts[] = {
        PLACES_OPTS(options),
        WAIT_OPTS(options),
        {"--ask", 0, OPT_FLAG, NULL, "show what would change, and ask before doing it", &asks},
        {"--json", 0, OPT_FLAG, NULL, "tell what happens as JSON, an object a line", &json},
        {"--release", 0, OPT_TEXT, "FILE", "apply what gordon release wrote, and nothing else",
         &release},
    };
    struct arena *arena = arena_new();
    char **words = places_keep(arena, argc, argv);
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    source_check(command, release, common.project != project);
    bool several = places_several(command, arena, &options, release);
    if (asks && (several || json))
        opt_usage(command, "--ask is for one stage in one region, and for people");
    if (asks && !ask_possible())
        opt_usage(command,
                  "--ask needs a terminal; gordon diff says what would change without one");
    int status = EXIT_DONE;
    report_json(json);
    if (several)
        status = places_run(command, &options, release, argc, words);
    else
        status = deploy_status(apply_one(arena, command, release, &options, asks));
    arena_free(arena);
    return status;
}
