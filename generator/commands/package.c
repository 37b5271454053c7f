#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "build/notes.h"
#include "build/package.h"
#include "build/packing.h"
#include "build/plan.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "resources/lambda.h"
#include "resources/model.h"
#include "settings/project.h"

static const char *work_dir(struct arena *arena)
{
    return path_join(arena, opt_build_dir(arena), ".gordon");
}

/* The package of a lambda that a person named: the settings are read for it. */
static struct package *package_by_name(struct arena *arena, const char *reference)
{
    struct loaded loaded;
    struct package *package = NULL;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, common.project, &loaded);
    const struct lambda *lambda =
        ok ? lambda_named(loaded.model, (struct pos){.file = loaded.project->file}, reference)
           : NULL;
    if (lambda && plan_note_zips(loaded.model, work_dir(arena)))
        package = package_of(loaded.model, lambda, output, work_dir(arena));
    load_release(&loaded);
    return package;
}

static int run(const struct command *command, int argc, char *argv[])
{
    const char *plan = NULL, *executable = NULL, *strip = NULL, *library_path = NULL;
    struct notes notes = {0};
    bool installed = false;
    const struct opt opts[] = {
        {"--plan", 0, OPT_TEXT, "FILE", "take it from a lambda's file of gordon plan", &plan},
        {"--installed", 0, OPT_FLAG, NULL, "another edge has brought the dependencies", &installed},
        NOTES_OPTS(notes),
        {"--executable", 0, OPT_TEXT, "FILE", "the program of a target of CMake", &executable},
        {"--strip", 0, OPT_TEXT, "PROGRAM", "what takes symbols out of it", &strip},
        {"--library-path", 0, OPT_TEXT, "DIRS", "where its libraries may be, with ':' between",
         &library_path},
    };
    int n = opt_parse(command, opts, countof(opts), 0, 1, argc, argv);
    if (!plan && n != 1)
        opt_usage(command, "name a lambda, APP.LAMBDA");
    struct arena *arena = arena_new();
    notes_of_plan(arena, &notes, plan, ".d");
    struct package *package = plan ? plan_read(arena, plan) : package_by_name(arena, argv[0]);
    if (package) {
        package->executable = executable ? path_absolute(arena, executable) : NULL;
        package->strip_program = strip;
        package->trusts_dependencies = installed;
        package->library_path = library_path;
    }
    /* Each lambda of a plan has its folder; a build without one is locked as a whole. */
    int lock = package ? package_lock(arena, plan ? package->work : work_dir(arena)) : -1;
    if (lock >= 0)
        package_sweep(arena, package);
    bool ok = lock >= 0 && packing_run(arena, package, &notes);
    if (lock >= 0)
        close(lock);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command package_command = {
    .name = "package",
    .args = "[APP.LAMBDA]",
    .help = "write the zip of one lambda",
    .run = run,
    .details = "With --plan, as the CMake modules call it, the settings are not read at all.",
};
