#include "cmd.h"
#include "delete.h"
#include "deploy.h"
#include "diag.h"
#include "project.h"
#include "report.h"
#include "run.h"
#include "util.h"

int cmd_delete(const struct command *command, int argc, char *argv[])
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
