#include <stdio.h>

#include "cmd.h"
#include "file.h"
#include "lambda.h"
#include "load.h"
#include "model.h"
#include "notes.h"
#include "opt.h"
#include "package.h"
#include "plan.h"
#include "util.h"

/* All lambdas are tried, so that one run shows every failure. */
static bool package_all(struct arena *arena, const struct loaded *loaded, const char *output)
{
    const char *work = path_join(arena, output, ".gordon");
    const struct model *model = loaded->model;
    bool ok = true;
    for (size_t i = 0; i < model->count; i++)
        if (model->resources[i]->kind == &lambda_kind)
            ok = package_run(arena, package_of(model, model->resources[i]->data, output, work),
                             &(struct notes){0}) &&
                 ok;
    return ok;
}

static void print_files(const struct loaded *loaded)
{
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (loaded->files[step].json)
            printf("  %s\n", loaded->files[step].name);
}

int cmd_build(const struct command *command, int argc, char *argv[])
{
    opt_parse(command, NULL, 0, 0, 0, argc, argv);
    struct arena *arena = arena_new();
    struct loaded loaded;
    const char *output = opt_build_dir(arena);
    bool ok = load(arena, &loaded);
    if (ok) {
        steps_print_loaded(loaded.model);
        printf("Building project...\n");
        diag_flush();
        ok = package_all(arena, &loaded, output) && load_write_templates(&loaded, output) &&
             plan_clean_templates(arena, loaded.files, output) &&
             plan_clean_zips(loaded.model, output, path_join(arena, output, ".gordon"));
    }
    if (ok)
        print_files(&loaded);
    else /* what is half new must not be applied */
        plan_clean_templates(arena, (struct step_file[STEP_COUNT]){0}, output);
    load_release(&loaded);
    arena_free(arena);
    return ok ? 0 : 1;
}
