#include "deploy/status.h"
#include "base/util.h"
#include "build/edited.h"
#include "build/load.h"
#include "commands/commands.h"
#include "commands/deploy.h"
#include "commands/opt.h"
#include "commands/places.h"
#include "settings/project.h"

static int status_of_one(struct arena *arena, const struct command *command,
                         const struct deploy_options *options, bool json)
{
    struct loaded loaded;
    struct deployment deployment;
    bool ok = load_quietly(arena, common.project, &loaded);
    if (ok) {
        deploy_init(&deployment, command, options, loaded.project);
        ok = edited_warn(arena, &loaded, deployment.build_dir) &&
             status_run(&deployment, loaded.model, json);
    }
    load_release(&loaded);
    return deploy_status(ok);
}

static int run(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    bool json = false;
    const struct opt opts[] = {
        PLACES_OPTS(options),
        {"--json", 0, OPT_FLAG, NULL, "print one JSON document", &json},
    };
    struct arena *arena = arena_new();
    char **words = places_keep(arena, argc, argv);
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    bool several = places_several(command, arena, &options, NULL);
    if (several && json)
        opt_usage(command, "--json works with one stage in one region");
    options.stage = options.stage ? options.stage : DEPLOY_STAGE;
    int status = several ? places_run(command, &options, NULL, argc, words)
                         : status_of_one(arena, command, &options, json);
    arena_free(arena);
    return status;
}

const struct command status_command = {
    .name = "status",
    .args = "",
    .help = "show what is deployed",
    .run = run,
    .details =
        "Prints the stacks of a stage with their status and its time; each lambda with the\n"
        "version that callers get (its alias `current`), and whether its code is that of the\n"
        "last build, by content and context; and the URLs of APIs. Changes nothing and needs\n"
        "no build.",
};
