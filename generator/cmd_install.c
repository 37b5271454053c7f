#include "cmd.h"
#include "install.h"
#include "notes.h"
#include "opt.h"
#include "plan.h"
#include "util.h"

int cmd_install(const struct command *command, int argc, char *argv[])
{
    const char *plan = NULL;
    struct notes notes = {0};
    const struct opt opts[] = {
        {"--plan", 0, OPT_TEXT, "FILE", "a lambda's file of gordon plan", &plan},
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
