#include "cmd.h"
#include "opt.h"
#include "pool.h"
#include "project_build.h"
#include "util.h"

int cmd_build(const struct command *command, int argc, char *argv[])
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
    bool ok = project_build(arena, opt_build_dir(arena), jobs);
    arena_free(arena);
    return ok ? 0 : 1;
}
