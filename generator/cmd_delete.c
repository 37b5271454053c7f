#include "cmd.h"
#include "delete.h"
#include "deploy.h"
#include "diag.h"
#include "project.h"
#include "util.h"

int cmd_delete(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    bool confirm = false;
    const struct opt opts[] = {
        DEPLOY_OPTS(options),
        {"--confirm", 0, OPT_FLAG, NULL, "delete, and do not only say what would go", &confirm},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct deployment deployment;
    diag_quiet(true);
    const struct project *project = project_load(arena, common.project);
    bool ok = project != NULL;
    if (ok) {
        deploy_init(&deployment, command, &options, project);
        ok = delete_run(&deployment, confirm);
    }
    diag_flush();
    arena_free(arena);
    return deploy_status(ok);
}
