#include "cmd.h"
#include "file.h"
#include "limit.h"
#include "load.h"
#include "opt.h"
#include "outputs.h"
#include "plan.h"
#include "util.h"

int cmd_plan(const struct command *command, int argc, char *argv[])
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
    bool ok = load(arena, &loaded);
    if (ok)
        limits_warn(loaded.project, loaded.files);
    work = work ? work : path_join(arena, output, ".gordon");
    ok = ok && (json ? outputs_print : plan_write)(loaded.model, loaded.files, output, work);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}
