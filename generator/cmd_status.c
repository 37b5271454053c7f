#include "cmd.h"
#include "deploy.h"
#include "diag.h"
#include "load.h"
#include "status.h"
#include "util.h"

int cmd_status(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    bool json = false;
    const struct opt opts[] = {
        PLACE_OPTS(options),
        {"--json", 0, OPT_FLAG, NULL, "print it as one JSON document", &json},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    struct deployment deployment;
    bool ok = load_quietly(arena, &loaded);
    if (ok) {
        deploy_init(&deployment, command, &options, loaded.project);
        ok = status_run(&deployment, loaded.model, json);
    }
    diag_flush();
    load_release(&loaded);
    arena_free(arena);
    return deploy_status(ok);
}
