#include "cmd.h"
#include "file.h"
#include "load.h"
#include "opt.h"
#include "plan.h"
#include "util.h"

int cmd_plan(const struct command *command, int argc, char *argv[])
{
    const char *work = NULL;
    const struct opt opts[] = {
        {"--work-dir", 0, OPT_TEXT, "DIR", "where the plan goes (default: .gordon in the build)",
         &work},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, &loaded) && plan_write(loaded.model, loaded.files, output,
                                                 work ? work : path_join(arena, output, ".gordon"));
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}
