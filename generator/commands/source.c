#include <string.h>

#include "base/diag.h"
#include "base/interrupt.h"
#include "build/edited.h"
#include "commands/source.h"
#include "settings/project.h"

static bool open_build(struct source *s, struct arena *arena, const struct command *command,
                       const struct deploy_options *options)
{
    bool quiet = diag_quiet(true); /* the build has printed the warnings about the settings */
    bool ok = load(arena, common.project, &s->loaded);
    diag_quiet(quiet);
    if (ok) {
        deploy_init(&s->deployment, command, options, s->loaded.project);
        s->deployment.places = &s->loaded.files[STEP_RESOURCES].places;
        ok = edited_warn(arena, &s->loaded, s->deployment.build_dir);
    }
    return ok;
}

static bool check_stage(const char *path, const struct release *release, const char *stage)
{
    return !stage || strcmp(stage, release->stage) == 0 ||
           diag_error(EXIT_USAGE, (struct pos){.file = path},
                      "this release is for the stage '%s', not for '%s'", release->stage, stage);
}

static bool open_release(struct source *s, struct arena *arena, const struct command *command,
                         struct deploy_options options)
{
    struct release *release = &s->release;
    deploy_check(command, &options); /* may end the program: not after a folder is made */
    interrupt_catch();
    if (!release_open(arena, s->path, release) || !check_stage(s->path, release, options.stage))
        return false;
    options.stage = release->stage;
    options.region = options.region ? options.region : release->region;
    deploy_init(&s->deployment, command, &options, release->project);
    s->deployment.build_dir = release->folder;
    s->deployment.places = &release->resources;
    s->deployment.refs = &release->parameters;
    s->deployment.files = "."; /* a release has no project folder */
    return true;
}

bool source_open(struct source *s, struct arena *arena, const struct command *command,
                 const char *path, struct deploy_options options)
{
    *s = (struct source){.path = path};
    if (path)
        return open_release(s, arena, command, options);
    options.stage = options.stage ? options.stage : DEPLOY_STAGE;
    return open_build(s, arena, command, &options);
}

void source_close(struct source *s)
{
    if (s->path)
        release_close(&s->release);
    else
        load_release(&s->loaded);
}

void source_check(const struct command *command, const char *release, bool project_named)
{
    if (release && (project_named || common.build_dir))
        opt_usage(command, "--release has the build in it and cannot be combined with %s",
                  common.build_dir ? "--build-dir" : "--project");
}
