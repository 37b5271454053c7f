#include "build/plan.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "build/outputs.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "sources/package.h"

static int run(const struct command *command, int argc, char *argv[])
{
    const char *work = NULL, *binary = NULL;
    bool json = false;
    const struct opt opts[] = {
        {"--work-dir", 0, OPT_TEXT, "DIR",
         "the folder for the plan (default: .gordon in the build folder)", &work},
        BINARY_DIR_OPT(binary),
        {"--json", 0, OPT_FLAG, NULL, "print what would be built, and write nothing", &json},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, common.project, &loaded);
    if (ok)
        (json ? load_warn_limits : load_warn)(&loaded);
    work = work ? work : path_join(arena, output, ".gordon");
    const struct package_dirs dirs = {output, work, binary};
    ok = ok && (json ? outputs_print : plan_write)(loaded.model, loaded.files, &dirs);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}

const struct command plan_command = {
    .name = "plan",
    .args = "",
    .help = "write the plan of a build, for CMake or as JSON",
    .run = run,
    .details =
        "Writes plan.list and one file for each lambda, and removes outputs that are no\n"
        "longer part of the build.\n\n"
        "With --json, writes and runs nothing, and prints one JSON document on standard\n"
        "output: for each output (a template, a zip, or a zip of dependencies) its inputs,\n"
        "the folders whose listing matters, and the commands as argument vectors. All paths\n"
        "are absolute. {into} and {copy} in a command stand for folders that exist only while\n"
        "it runs. Only CMake knows the files of target:// lambdas, and\n"
        "those of build:// without --binary-dir. An output that cannot be\n"
        "built has \"failed\": true, its error is on standard error, and the exit status is\n"
        "that of gordon build. If the settings have errors, there is no document. For a build\n"
        "by CMake, give --build-dir and --work-dir as gordon_add_project does.",
};
