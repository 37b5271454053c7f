#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
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
    if (!str_is_made_of(move->to, STR_DIGITS) || strlen(move->to) > 9 || !atol(move->to))
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
        {"--to", 0, OPT_TEXT, "VERSION", "to this version, or to the " MOVE_NEWEST, &move.to},
        {"--dry-run", 0, OPT_FLAG, NULL, "only say what would be moved", &move.dry_run},
        {"--json", 0, OPT_FLAG, NULL, "print it as one JSON document", &move.json},
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
    diag_flush();
    load_release(&loaded);
    arena_free(arena);
    return deploy_status(ok);
}

const struct command rollback_command = {
    .name = "rollback",
    .args = "[APP.LAMBDA...]",
    .help = "point lambdas back to the version before",
    .run = run,
    .details =
        "Moves the alias `current`, which everybody calls, of these lambdas, or of all but "
        "Gordon's\n"
        "own, to the version before, or to the one of --to. No code is uploaded, and no stack\n"
        "changes. It stays there until gordon apply has a new version, or --to newest moves it\n"
        "forward again.",
};
