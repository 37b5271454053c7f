#include "deploy/diff.h"
#include "base/diag.h"
#include "base/run.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "commands/places.h"
#include "commands/source.h"
#include "stacks/report.h"

/* Gives the exit status: `changes` where there are some, and nothing went wrong. */
static int diff_one(struct arena *arena, const struct command *command, const char *release,
                    const struct deploy_options *options, enum exit_code changes)
{
    struct source source;
    struct diff diff = {.n = 0};
    bool ok = source_open(&source, arena, command, release, *options) &&
              diff_run(&source.deployment, &diff);
    size_t n = diff.n;
    enum exit_code code = diag_flush();
    int status = run_signal() ? 128 + run_signal() : code ? (int)code : n ? (int)changes : !ok;
    report_end(status);
    source_close(&source);
    return status;
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    const char *release = NULL, *project = common.project;
    bool json = false, changes_ok = false;
    const struct opt opts[] = {
        PLACES_OPTS(options),
        WAIT_OPTS(options),
        {"--json", 0, OPT_FLAG, NULL, "tell it as JSON, an object a line", &json},
        {"--changes-ok", 0, OPT_FLAG, NULL, "exit with 0 where there are changes, too",
         &changes_ok},
        {"--release", 0, OPT_TEXT, "FILE", "compare what gordon release wrote", &release},
    };
    struct arena *arena = arena_new();
    char **words = places_keep(arena, argc, argv);
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    source_check(command, release, common.project != project);
    bool several = places_several(command, arena, &options, release);
    report_json(json);
    int status = several ? places_run(command, &options, release, argc, words)
                         : diff_one(arena, command, release, &options,
                                    changes_ok ? EXIT_DONE : EXIT_CHANGES);
    arena_free(arena);
    return status;
}

const struct command diff_command = {
    .name = "diff",
    .args = "",
    .help = "say what apply would change",
    .run = run,
    .details =
        "Step by step: the zips, the files in them and the keys of their contexts; parameters; "
        "and\n"
        "the resources that would be added (+), changed (~), replaced (!) or removed (-), as\n"
        "CloudFormation works it out. Nothing is left behind in AWS. Exits with 0 without "
        "changes,\n"
        "and with 25 where there are some.",
};
