#include "build/plan.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "build/outputs.h"
#include "commands/commands.h"
#include "commands/opt.h"

static int run(const struct command *command, int argc, char *argv[])
{
    const char *work = NULL;
    bool json = false;
    const struct opt opts[] = {
        {"--work-dir", 0, OPT_TEXT, "DIR", "where the plan goes (default: .gordon in the build)",
         &work},
        {"--json", 0, OPT_FLAG, NULL, "print what would be built, and write nothing", &json},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, common.project, &loaded);
    if (ok)
        load_warn_limits(&loaded);
    work = work ? work : path_join(arena, output, ".gordon");
    ok = ok && (json ? outputs_print : plan_write)(loaded.model, loaded.files, output, work);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command plan_command = {
    .name = "plan",
    .args = "",
    .help = "write down what a build consists of, for CMake or as JSON",
    .run = run,
    .details =
        "Writes plan.list and one file for each lambda, and takes away outputs that are no "
        "longer\n"
        "part of the build.\n\n"
        "With --json nothing is written or run, and one JSON document goes to standard output: "
        "for\n"
        "each output (a template, a zip, or a zip of dependencies) its inputs, the folders whose\n"
        "listing matters, and the commands, as argument vectors. All paths are absolute. {into} "
        "and\n"
        "{copy} in a command stand for folders that are there only while it runs. Of target://\n"
        "lambdas only CMake knows the files. An output that cannot be built has \"failed\": true,\n"
        "the error is on standard error, and the exit status is that of gordon build; errors in "
        "the\n"
        "settings leave no document. For a build by CMake, give --build-dir and --work-dir as\n"
        "gordon_add_project does.",
};
