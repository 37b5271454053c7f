#include "base/interrupt.h"
#include "base/pool.h"
#include "base/util.h"
#include "build/project_build.h"
#include "build/project_watch.h"
#include "commands/commands.h"
#include "commands/opt.h"

static int run(const struct command *command, int argc, char *argv[])
{
    long jobs = pool_processors();
    bool watch = false;
    const struct opt opts[] = {
        {"--jobs", 'j', OPT_NUMBER, "N", "lambdas packed at once (default: one per processor)",
         &jobs},
        {"--watch", 'w', OPT_FLAG, NULL, "build again whenever something changes, until Ctrl-C",
         &watch},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    if (jobs < 1)
        opt_usage(command, "--jobs must be 1 or more");
    struct arena *arena = arena_new();
    const struct project_build options = {
        .project = common.project,
        .output = opt_build_dir(arena),
        .workers = jobs,
        .quiet = common.quiet,
        .debug = common.debug,
    };
    bool ok = watch ? project_watch(&options) : project_build(arena, &options);
    arena_free(arena);
    return interrupt_signal() ? 128 + interrupt_signal() : ok ? 0 : 1;
}

const struct command build_command = {
    .name = "build",
    .args = "",
    .help = "write the templates and the zips",
    .run = run,
    .details = "Writes NNNN_*.json and code/*.zip into the build folder. Files that stay the same\n"
               "are not touched. After an error there is no zip of the lambda that failed, and no\n"
               "template, so that no mix of old and new is applied.\n\n"
               "With --watch, gordon goes on until Ctrl-C: it builds what a change of settings,\n"
               "parameters or code makes necessary, prints a line, and goes on after errors.",
};
