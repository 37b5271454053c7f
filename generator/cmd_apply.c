#include "cmd.h"
#include "deploy.h"
#include "diag.h"
#include "load.h"
#include "project.h"
#include "util.h"

int cmd_apply(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    const struct opt opts[] = {DEPLOY_OPTS(options)};
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    struct deployment deployment;
    bool quiet = diag_quiet(true); /* the build has said its warnings about the settings */
    bool ok = load(arena, &loaded);
    diag_quiet(quiet);
    if (ok) {
        deploy_init(&deployment, command, &options, loaded.project);
        deployment.places = &loaded.files[STEP_RESOURCES].places;
        ok = apply_run(&deployment);
    }
    diag_flush();
    load_release(&loaded);
    arena_free(arena);
    return deploy_status(ok);
}
