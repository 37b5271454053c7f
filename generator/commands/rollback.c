#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "build/load.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "deploy/move.h"

static void check_usage(const struct command *command, const struct move_options *move)
{
    if (!move->to || strcmp(move->to, MOVE_NEWEST) == 0)
        return;
    if (!str_is_made_of(move->to, STR_DIGITS) || strlen(move->to) > 9 ||
        !strtol(move->to, NULL, 10))
        opt_usage(command, "--to is a version's number, or " MOVE_NEWEST ", not '%s'", move->to);
    if (move->n != 1)
        opt_usage(command, "--to %s is for one lambda; name it", move->to);
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    struct move_options move = {0};
    const struct opt opts[] = {
        PLACE_OPTS(options),
        {"--to", 0, OPT_TEXT, "VERSION", "the version to move to: a number, or " MOVE_NEWEST,
         &move.to},
        {"--dry-run", 0, OPT_FLAG, NULL, "only show what would be moved", &move.dry_run},
        {"--json", 0, OPT_FLAG, NULL, "print one JSON document", &move.json},
    };
    move.n = (size_t)opt_parse(command, opts, countof(opts), 0, argc, argc, argv);
    move.lambdas = (const char *const *)argv;
    check_usage(command, &move);
    struct arena *arena = arena_new();
    struct loaded loaded;
    struct deployment deployment;
    bool ok = load_quietly(arena, common.project, &loaded);
    if (ok) {
        deploy_init(&deployment, command, &options, loaded.project);
        ok = move_run(&deployment, loaded.model, &move);
    }
    load_release(&loaded);
    arena_free(arena);
    return deploy_status(ok);
}

const struct command rollback_command = {
    .name = "rollback",
    .args = "[APP.LAMBDA...]",
    .help = "point lambdas back to the previous version",
    .run = run,
    .details =
        "Moves the alias `current`, which all callers use, of these lambdas to the previous\n"
        "version, or to that of --to. Without APP.LAMBDA, moves those of all lambdas but\n"
        "Gordon's own. No code is uploaded, and no stack changes. An alias stays there until\n"
        "gordon apply publishes a new version, or --to newest moves it forward again.",
};
