#include <string.h>

#include "cmd.h"
#include "deploy.h"
#include "diag.h"
#include "load.h"
#include "opt.h"
#include "project.h"
#include "release.h"
#include "run.h"
#include "util.h"

static bool apply_build(struct arena *arena, const struct command *command,
                        const struct deploy_options *options)
{
    struct loaded loaded;
    struct deployment deployment;
    bool quiet = diag_quiet(true); /* the build has said its warnings about the settings */
    bool ok = load(arena, &loaded);
    diag_quiet(quiet);
    if (ok) {
        deploy_init(&deployment, command, options, loaded.project);
        deployment.places = &loaded.files[STEP_RESOURCES].places;
        ok = apply_run(&deployment);
    }
    diag_flush();
    load_release(&loaded);
    return ok;
}

static bool check_stage(const char *path, const struct release *release, const char *stage)
{
    return !stage || strcmp(stage, release->stage) == 0 ||
           diag_error(EXIT_USAGE, (struct pos){.file = path},
                      "this is the release of the stage '%s', and not of '%s'", release->stage,
                      stage);
}

/* `options.stage` is NULL where the command line has none. */
static bool apply_release(struct arena *arena, const struct command *command, const char *path,
                          struct deploy_options options)
{
    struct release release;
    struct deployment deployment;
    deploy_check(command, &options); /* it may end the program: not once the folder is there */
    run_catch_signals();
    bool ok = release_open(arena, path, &release) && check_stage(path, &release, options.stage);
    if (ok) {
        options.stage = release.stage;
        options.region = options.region ? options.region : release.region;
        deploy_init(&deployment, command, &options, release.project);
        deployment.build_dir = release.folder;
        deployment.places = &release.resources;
        deployment.refs = &release.parameters;
        deployment.files = "."; /* the project is not here */
        ok = apply_run(&deployment);
    }
    diag_flush();
    release_close(&release);
    return ok;
}

int cmd_apply(const struct command *command, int argc, char *argv[])
{
    struct deploy_options options = DEPLOY_OPTIONS_INIT;
    const char *stage = options.stage, *project = common.project, *release = NULL;
    const struct opt opts[] = {
        DEPLOY_OPTS(options),
        {"--release", 0, OPT_TEXT, "FILE", "apply what gordon release wrote, and nothing else",
         &release},
    };
    options.stage = NULL;
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    if (release && (common.project != project || common.build_dir))
        opt_usage(command, "--release has the build in it, and goes without %s",
                  common.build_dir ? "--build-dir" : "--project");
    if (!release)
        options.stage = options.stage ? options.stage : stage;
    struct arena *arena = arena_new();
    bool ok = release ? apply_release(arena, command, release, options)
                      : apply_build(arena, command, &options);
    arena_free(arena);
    return deploy_status(ok);
}
