#include "deploy/diff.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "commands/places.h"
#include "commands/source.h"
#include "stacks/report.h"

/* Returns the exit status, which is `changes` if there are changes and no errors. */
static int diff_one(struct arena *arena, const struct command *command, const char *release,
                    const struct deploy_options *options, enum exit_code changes)
{
    struct source source;
    struct diff diff = {.n = 0};
    bool ok = source_open(&source, arena, command, release, *options) &&
              diff_run(&source.deployment, &diff);
    size_t n = diff.n;
    enum exit_code code = diag_flush();
    int status = interrupt_signal() ? 128 + interrupt_signal()
                 : code             ? (int)code
                 : n                ? (int)changes
                                    : !ok;
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
        {"--json", 0, OPT_FLAG, NULL, "print JSON, one object per line", &json},
        {"--changes-ok", 0, OPT_FLAG, NULL, "exit with 0 also if there are changes", &changes_ok},
        {"--release", 0, OPT_TEXT, "FILE", "compare this file of gordon release, without a project",
         &release},
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
    .help = "show what apply would change",
    .run = run,
    .details =
        "Shows for each step: the zips, the files in them and the keys of their contexts; the\n"
        "parameters; and the resources that CloudFormation would add (+), change (~), replace\n"
        "(!) or remove (-). Nothing is left behind in AWS. Exits with 0 if there are no\n"
        "changes, and with 25 if there are.",
};
