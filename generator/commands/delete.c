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
        {"--json", 0, OPT_FLAG, NULL, "tell what happens as JSON, an object a line", &json},
        {"--confirm", 0, OPT_FLAG, NULL, "delete, and do not only say what would go", &confirm},
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
    enum exit_code code = diag_flush();
    report_end(run_signal() ? 128 + run_signal() : code ? (int)code : !ok);
    arena_free(arena);
    return deploy_status(ok);
}

const struct command delete_command = {
    .name = "delete",
    .args = "",
    .help = "say what a deletion would take, or do it",
    .run = run,
    .details =
        "Without --confirm nothing is deleted. With it, the stacks go, and all versions of all\n"
        "objects in the code bucket.",
};
