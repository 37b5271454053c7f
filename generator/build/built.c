#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "build/built.h"
#include "build/unzipped.h"
#include "lambdas/lambda_cfn.h" /* for LAMBDA_DIGESTS */
#include "template/cfn.h"
#include "template/limit.h"

static const struct root outputs = {NULL, EXIT_NOT_BUILT};

static bool load_step(struct arena *arena, struct built *built, const char *name, enum step step)
{
    json_error_t error;
    const char *path = path_join(arena, built->dir, name);
    json_t *json = cfn_read(path, 0, &error);
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

/* A template names only files of its own build. */
static bool check_zip(struct arena *arena, const struct built *built, const char *file)
{
    const char *path = path_join(arena, built->dir, file);
    bool there;
    if (path_relative_fault(file))
        return diag_error(EXIT_ACTION, (struct pos){.file = built->dir},
                          "an action names the file '%s', which %s; build the project again", file,
                          path_relative_fault(file));
    return root_has(&outputs, path, &there) &&
           (there || diag_error(EXIT_NOT_BUILT, (struct pos){.file = path},
                                "this zip is not there; build the project again"));
}

static bool check_zips(struct arena *arena, const struct built *built)
{
    const json_t *actions = json_object_get(built_step_json(built, STEP_PRE_RESOURCES), "actions");
    size_t i;
    json_t *action;
    bool ok = true;
    json_array_foreach((json_t *)actions, i, action) {
        const char *file = json_string_value(json_object_get(action, "filename"));
        ok = (!file || check_zip(arena, built, file)) && ok;
    }
    return ok;
}

bool built_load(struct arena *arena, const char *dir, struct built *built)
{
    size_t n;
    char **names;
    const char *building = path_join(arena, dir, BUILDING);
    bool marked, ok = root_list(arena, &outputs, dir, &names, &n);
    *built = (struct built){.dir = dir};
    for (size_t i = 0; i < n; i++) {
        enum step step = step_of_file(names[i]);
        if (step != STEP_COUNT)
            ok = load_step(arena, built, names[i], step) && ok;
    }
    if (!ok || !root_has(&outputs, building, &marked))
        return false;
    if (marked)
        return diag_error(
            EXIT_NOT_BUILT, (struct pos){.file = dir},
            "the build was interrupted or is still running: old and new files may be mixed here; "
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

/* --- parameters and limits ---------------------------------------------------------------- */

bool built_wants(const struct built *built, const char *name)
{
    for (size_t i = 0; i < built->count; i++) {
        const json_t *json = built->steps[i].json;
        if (json_object_get(json_object_get(json, "Parameters"), name) ||
            json_object_get(json_object_get(json, "parameters"), name))
            return true;
    }
    return false;
}

struct check {
    json_t *known; /* the names that have a value so far */
    const char *stage;
    struct pos (*place)(const char *name, void *data);
    void (*note)(const char *name, void *data);
    void *data;
};

static bool check_parameter(const struct check *check, const char *name)
{
    if (json_object_get(check->known, name))
        return true;
    diag_error(EXIT_REQUIRED, check->place(name, check->data),
               "the parameter '%s' has no value; give it one in parameters/%s.yml or "
               "parameters/common.yml",
               name, check->stage);
    if (check->note)
        check->note(name, check->data);
    return false;
}

static bool check_step(const struct check *check, const json_t *template)
{
    const char *name;
    json_t *declared;
    bool ok = true;
    json_object_foreach(json_object_get(template, "Parameters"), name, declared)
        if (!json_object_get(declared, "Default"))
            ok = check_parameter(check, name) && ok;
    json_object_foreach(json_object_get(template, "parameters"), name, declared)
        ok = check_parameter(check, name) && ok;
    return ok;
}

/* The outputs of a step are values for later steps. */
static void add_outputs(struct check *check, const struct built_step *step)
{
    static const char *const keys[] = {"Outputs", "outputs"};
    const char *name;
    json_t *output;
    for (size_t i = 0; i < countof(keys); i++)
        json_object_foreach(json_object_get(step->json, keys[i]), name, output)
            json_object_set_new(check->known, name, json_true());
    if (step->step == STEP_PRE_RESOURCES)
        json_object_set_new(check->known, LAMBDA_DIGESTS, json_true());
}

bool built_check_values(const struct built *built, const json_t *values, const char *stage,
                        struct pos (*place)(const char *name, void *data),
                        void (*note)(const char *name, void *data), void *data)
{
    struct check check = {json_copy((json_t *)values), stage, place, note, data};
    bool ok = true;
    for (size_t i = 0; i < built->count; i++) {
        ok = check_step(&check, built->steps[i].json) && ok;
        add_outputs(&check, &built->steps[i]);
    }
    json_decref(check.known);
    return ok;
}

static bool check_unzipped(const struct built *built, const struct built_step *step)
{
    struct arena *arena = arena_new();
    size_t i;
    json_t *action;
    bool ok = true;
    json_array_foreach(json_object_get(step->json, "actions"), i, action) {
        const char *name = json_string_value(json_object_get(action, "filename"));
        const char *zip = name ? path_join(arena, built->dir, name) : NULL;
        if (zip)
            ok = unzipped_check(arena, zip, path_base(zip), (struct pos){.file = zip}, true) && ok;
    }
    arena_free(arena);
    return ok;
}

/* The path of the zip whose key is under `part` of a resource's properties; NULL if none of this
 * build is. */
static const char *zip_of(struct arena *arena, const struct built *built, const json_t *resource,
                          const char *part)
{
    const json_t *properties = json_object_get(resource, "Properties");
    const char *key = cfn_text(json_object_get(properties, part), "S3Key");
    const json_t *actions = json_object_get(built_step_json(built, STEP_PRE_RESOURCES), "actions");
    size_t i;
    json_t *action;
    json_array_foreach((json_t *)actions, i, action)
        if (*key && strcmp(cfn_text(action, "key"), key) == 0)
            return path_join(arena, built->dir, cfn_text(action, "filename"));
    return NULL;
}

/* Checks one function, whose layers of this build are Refs. */
static bool check_function(struct arena *arena, const struct built *built, struct table *known,
                           const json_t *resources, const json_t *function, struct pos pos)
{
    const json_t *layers = json_object_get(json_object_get(function, "Properties"), "Layers");
    const char **zips = NULL, *zip = layers ? zip_of(arena, built, function, "Code") : NULL;
    size_t n = 0, i;
    json_t *layer;
    if (!zip)
        return true;
    array_push(arena, zips, n, zip);
    json_array_foreach((json_t *)layers, i, layer) {
        const json_t *version = json_object_get(resources, cfn_text(layer, "Ref"));
        zip = version ? zip_of(arena, built, version, "Content") : NULL;
        if (zip)
            array_push(arena, zips, n, zip);
    }
    return n < 2 || unzipped_check_layers(arena, known, zips, n, pos, true);
}

static bool check_layers(const struct built *built, const struct table *places)
{
    const json_t *resources = json_object_get(built_step_json(built, STEP_RESOURCES), "Resources");
    struct arena *arena = arena_new();
    struct table known = {0};
    const char *id;
    json_t *resource;
    bool ok = true;
    json_object_foreach((json_t *)resources, id, resource) {
        const struct pos *pos = places ? table_get(places, id) : NULL;
        ok = check_function(arena, built, &known, resources, resource,
                            pos ? *pos : (struct pos){.file = built->dir}) &&
             ok;
    }
    arena_free(arena);
    return ok;
}

bool built_check_limits(const struct built *built, const struct limit_check *whole)
{
    bool ok = check_layers(built, whole->places);
    for (size_t i = 0; i < built->count; i++) {
        const struct built_step *step = &built->steps[i];
        struct limit_check check = *whole;
        if (step_is_custom(step->step)) {
            ok = check_unzipped(built, step) && ok;
            continue;
        }
        char *body = cfn_file_text(step->file, step->json);
        check.file = step->file;
        check.template = step->json;
        check.body = body;
        check.places = step->step == STEP_RESOURCES ? whole->places : NULL;
        check.refuse = true;
        ok = limit_check(&check) && ok;
        free(body);
    }
    return ok;
}
