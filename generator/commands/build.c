#include "base/pool.h"
#include "base/util.h"
#include "build/project_build.h"
#include "commands/commands.h"
#include "commands/opt.h"

static int run(const struct command *command, int argc, char *argv[])
{
    long jobs = pool_processors();
    const struct opt opts[] = {
        {"--jobs", 'j', OPT_NUMBER, "N", "lambdas packed at once (default: one per processor)",
         &jobs},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    if (jobs < 1)
        opt_usage(command, "--jobs is 1 or more");
    struct arena *arena = arena_new();
    const struct project_build options = {
        .project = common.project,
        .output = opt_build_dir(arena),
        .workers = jobs,
        .quiet = common.quiet,
        .debug = common.debug,
    };
    bool ok = project_build(arena, &options);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command build_command = {
    .name = "build",
    .args = "",
    .help = "write the templates and the zips",
    .run = run,
    .details = "Writes NNNN_*.json and code/*.zip into the build folder. A file that stays the "
               "same is not\n"
               "touched. After an error there is no zip of the lambda that failed, and no "
               "template, so that\n"
               "nothing half new is applied.",
};
