#include "cmd.h"
#include "diag.h"
#include "file.h"
#include "load.h"
#include "opt.h"
#include "plan.h"
#include "steps.h"
#include "util.h"

int cmd_template(const struct command *command, int argc, char *argv[])
{
    const char *stamp = NULL;
    const struct opt opts[] = {
        {"--stamp", 0, OPT_TEXT, "FILE", "touch this file at the end", &stamp},
    };
    opt_parse(command, opts, countof(opts), 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, &loaded) && load_write_templates(&loaded, output) &&
              plan_clean_templates(arena, loaded.files, output);
    if (ok && stamp && !file_touch(stamp))
        ok = diag_error(EXIT_OTHER, (struct pos){.file = stamp}, "cannot be written");
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}
