#include "deploy/delete.h"
#include "base/diag.h"
#include "base/run.h"
#include "base/util.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "settings/project.h"
#include "stacks/report.h"

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    bool confirm = false, json = false;
    const struct opt opts[] = {
        PLACE_OPTS(options),
        WAIT_OPTS(options),
        {"--json", 0, OPT_FLAG, NULL, "print events as JSON, one object per line", &json},
        {"--confirm", 0, OPT_FLAG, NULL,
         "delete it; without this option, only show what would be deleted", &confirm},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    report_json(json);
    struct arena *arena = arena_new();
    struct deployment deployment;
    diag_quiet(true);
    const struct project *project = project_load(arena, common.project);
    bool ok = project != NULL;
    if (ok) {
        deploy_init(&deployment, command, &options, project);
        ok = delete_run(&deployment, confirm);
    }
    deploy_end(ok);
    arena_free(arena);
    return deploy_status(ok);
}

const struct command delete_command = {
    .name = "delete",
    .args = "",
    .help = "show what would be deleted, or delete it",
    .run = run,
    .details = "Without --confirm nothing is deleted. With it, the stacks are deleted, and all\n"
               "versions of all objects in the code bucket.",
};
