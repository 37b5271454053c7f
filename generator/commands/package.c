#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "build/load.h"
#include "build/packing.h"
#include "build/plan.h"
#include "build/seen.h"
#include "commands/commands.h"
#include "commands/opt.h"
#include "lambdas/lambda.h"
#include "lambdas/layer.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "sources/notes.h"
#include "sources/package.h"
#include "sources/work.h"

static const char *work_dir(struct arena *arena)
{
    return path_join(arena, opt_build_dir(arena), ".gordon");
}

/* The bundle of the lambda, or layer, APP.NAME of the settings; NULL after an error. */
static const struct bundle *find(const struct loaded *loaded, const char *reference, bool layer)
{
    const struct pos pos = {.file = loaded->project->file};
    if (layer) {
        const struct node name = {.pos = pos, .kind = NODE_STRING, .text = (char *)reference};
        const struct app *project = &loaded->project->apps[loaded->project->napps - 1];
        const struct layer *found = layer_find(loaded->model, project, &name);
        return found ? found->bundle : NULL;
    }
    const struct lambda *found = lambda_named(loaded->model, pos, EXIT_NOT_FOUND, reference);
    if (found && !found->bundle)
        diag_error(EXIT_NOT_FOUND, found->key->pos,
                   "this lambda is an image, so Gordon packs nothing for it");
    return found ? found->bundle : NULL;
}

/* Returns the package of a bundle of the settings, or NULL after an error. */
static struct package *package_by_name(struct arena *arena, const char *reference, bool layer,
                                       const char *binary)
{
    struct loaded loaded;
    struct package *package = NULL;
    const struct package_dirs dirs = {opt_build_dir(arena), work_dir(arena), binary};
    bool ok = load(arena, common.project, &loaded);
    const struct bundle *bundle = ok ? find(&loaded, reference, layer) : NULL;
    if (bundle && work_check_output(arena, dirs.output) && work_claim(arena, dirs.work) &&
        plan_note_zips(loaded.model, dirs.output))
        package = package_of(loaded.model, bundle, &dirs);
    load_release(&loaded);
    return package;
}

static int run(const struct command *command, int argc, char *argv[])
{
    const char *plan = NULL, *executable = NULL, *strip = NULL, *library_path = NULL;
    const char *binary = NULL, *changed = NULL;
    struct notes notes = {0};
    bool installed = false, layer = false;
    const struct opt opts[] = {
        {"--plan", 0, OPT_TEXT, "FILE", "the lambda's plan file, which gordon plan has written",
         &plan},
        {"--layer", 0, OPT_FLAG, NULL, "pack the layer of this name, not the lambda", &layer},
        {"--installed", 0, OPT_FLAG, NULL, "gordon install has installed the dependencies",
         &installed},
        NOTES_OPTS(notes),
        {"--executable", 0, OPT_TEXT, "FILE", "the executable of the lambda's CMake target",
         &executable},
        BINARY_DIR_OPT(binary),
        {"--touch-changed", 0, OPT_TEXT, "DIR",
         "pack nothing; touch the file 'changed' of each lambda in this work folder whose inputs "
         "have changed",
         &changed},
        {"--strip", 0, OPT_TEXT, "PROGRAM", "strip the executable with this program", &strip},
        {"--library-path", 0, OPT_TEXT, "DIRS",
         "folders with its shared libraries, separated by ':'", &library_path},
    };
    int n = opt_parse(command, opts, countof(opts), 0, 1, argc, argv);
    if (!plan && !changed && n != 1)
        opt_usage(command, "name a lambda, APP.LAMBDA, or a layer");
    struct arena *arena = arena_new();
    if (changed) {
        bool ok = seen_touch(arena, changed);
        arena_free(arena);
        return ok ? 0 : 1;
    }
    notes_of_plan(arena, &notes, plan, ".d");
    struct package *package =
        plan ? plan_read(arena, plan) : package_by_name(arena, argv[0], layer, binary);
    if (package) {
        package->executable = executable ? path_absolute(arena, executable) : NULL;
        package->strip_program = strip;
        package->trusts_dependencies = installed;
        package->library_path = library_path;
    }
    /* With a plan, the lambda's own folder is locked; without one, that of the whole build. */
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
    .help = "write the zip of one lambda or layer",
    .run = run,
    .details = "With --plan, which the CMake modules use, the settings are not read.",
};
