#include "languages/install.h"
#include "base/util.h"
#include "build/plan.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "sources/notes.h"

static int run(const struct command *command, int argc, char *argv[])
{
    const char *plan = NULL;
    struct notes notes = {0};
    const struct opt opts[] = {
        {"--plan", 0, OPT_TEXT, "FILE", "the lambda's plan file, which gordon plan has written",
         &plan},
        NOTES_OPTS(notes),
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    if (!plan)
        opt_usage(command, "--plan is missing");
    struct arena *arena = arena_new();
    notes_of_plan(arena, &notes, plan, ".install.d");
    struct package *package = plan_read(arena, plan);
    bool ok = package && install_run(arena, package, &notes);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command install_command = {
    .name = "install",
    .args = "",
    .help = "install the dependencies of one lambda, for CMake",
    .run = run,
    .details = "Writes dependencies.zip beside the lambda's plan file. Installed dependencies are\n"
               "cached in GORDON_CACHE_DIR, by default gordon in XDG_CACHE_HOME or ~/.cache, and\n"
               "shared by lambdas with the same manifest.",
};
