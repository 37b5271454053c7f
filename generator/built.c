#include <errno.h>
#include <string.h>

#include "built.h"
#include "diag.h"
#include "file.h"
#include "util.h"

static bool load_step(struct arena *arena, struct built *built, const char *name, enum step step)
{
    json_error_t error;
    const char *path = path_join(arena, built->dir, name);
    json_t *json = json_load_file(path, 0, &error);
    if (!json)
        return diag_error(EXIT_NOT_BUILT, (struct pos){.file = path},
                          "this is no template (%s); build the project again", error.text);
    for (size_t i = 0; i < built->count; i++)
        if (built->steps[i].step == step) {
            json_decref(json);
            return diag_error(EXIT_NOT_BUILT, (struct pos){.file = path},
                              "%s is the same step of another build; build the project again",
                              built->steps[i].file);
        }
    built->steps[built->count++] = (struct built_step){step, name, json};
    return true;
}

static bool check_zips(struct arena *arena, const struct built *built)
{
    const json_t *actions = json_object_get(built_step_json(built, STEP_PRE_RESOURCES), "actions");
    size_t i;
    json_t *action;
    bool ok = true;
    json_array_foreach((json_t *)actions, i, action) {
        const char *file = json_string_value(json_object_get(action, "filename"));
        const char *path = file ? path_join(arena, built->dir, file) : NULL;
        if (path && !file_exists(path))
            ok = diag_error(EXIT_NOT_BUILT, (struct pos){.file = path},
                            "this zip is not there; build the project again");
    }
    return ok;
}

bool built_load(struct arena *arena, const char *dir, struct built *built)
{
    size_t n = 0;
    char **names = file_list(arena, dir, &n);
    bool ok = true;
    *built = (struct built){.dir = dir};
    for (size_t i = 0; i < n; i++) {
        enum step step = step_of_file(names[i]);
        if (step != STEP_COUNT)
            ok = load_step(arena, built, names[i], step) && ok;
    }
    if (file_exists(path_join(arena, dir, BUILDING)))
        return diag_error(
            EXIT_NOT_BUILT, (struct pos){.file = dir},
            "the build was interrupted, or is going on: what is here may be half new; "
            "run gordon build again");
    if (!built->count)
        return diag_error(
            EXIT_NOT_BUILT, (struct pos){.file = dir},
            "nothing is built here; run gordon build, or name the build's folder with "
            "--build-dir");
    return ok && check_zips(arena, built);
}

void built_release(struct built *built)
{
    for (size_t i = 0; i < built->count; i++)
        json_decref(built->steps[i].json);
}

const json_t *built_step_json(const struct built *built, enum step step)
{
    for (size_t i = 0; i < built->count; i++)
        if (built->steps[i].step == step)
            return built->steps[i].json;
    return NULL;
}
