#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "build/artifact_files.h"
#include "build/build.h"
#include "build/outputs.h"
#include "build/packing.h"
#include "build/secret.h"
#include "languages/build_look.h"
#include "languages/install.h"
#include "resources/artifact.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "settings/project.h"
#include "sources/collect.h"
#include "sources/package.h"
#include "template/cfn.h"

struct outputs {
    struct arena *arena;
    json_t *list;
    bool ok;
};

static const char not_utf8[] = "the name is not UTF-8, and cannot be in JSON; rename it";

/* Marks an output that would fail to build, after the error was reported. */
static void fail(struct outputs *o, json_t *entry)
{
    json_object_set_new(entry, "failed", json_true());
    o->ok = false;
}

/* --- parts of the document ---------------------------------------------------------------- */

/* The files among the inputs, or the folders if `folders`: sorted and without duplicates. */
static json_t *paths_json(struct outputs *o, json_t *entry, const struct collection *inputs,
                          bool folders)
{
    json_t *list = json_array();
    const char **paths = inputs->inputs;
    if (inputs->ninputs)
        qsort(paths, inputs->ninputs, sizeof *paths, str_compare);
    for (size_t i = 0; i < inputs->ninputs; i++) {
        if (i && strcmp(paths[i], paths[i - 1]) == 0)
            continue;
        enum file_kind kind = file_look(paths[i]);
        if (kind == FILE_UNREADABLE)
            fatal_unless_missing(paths[i]);
        if ((kind == FILE_FOLDER) != folders)
            continue;
        if (json_array_append_new(list, json_string(paths[i])) != 0) {
            diag_error(EXIT_BUILD, (struct pos){.file = paths[i]}, "%s", not_utf8);
            fail(o, entry);
        }
    }
    return list;
}

static void add_inputs(struct outputs *o, json_t *entry, const struct collection *inputs)
{
    json_object_set_new(entry, "inputs", paths_json(o, entry, inputs, false));
    json_object_set_new(entry, "folders", paths_json(o, entry, inputs, true));
}

/* `environment` is NULL, or what is added to the command's environment. */
static void add_command(const struct outputs *o, json_t *entry, const char *const *argv,
                        const char *folder, const char *const *environment)
{
    json_t *words = json_array();
    for (size_t i = 0; argv[i]; i++)
        json_array_append_new(words, json_string(argv[i]));
    json_t *variables = environment ? json_object() : NULL;
    for (size_t i = 0; environment && environment[i]; i++) {
        const char *value = strchr(environment[i], '=') + 1;
        size_t len = (size_t)(value - 1 - environment[i]);
        json_object_set_new(variables, arena_strndup(o->arena, environment[i], len),
                            json_string(value));
    }
    json_array_append_new(
        json_object_get(entry, "commands"),
        json_pack("{s:o, s:s, s:o*}", "argv", words, "folder", folder, "environment", variables));
}

static json_t *new_entry(struct outputs *o, const char *kind, const char *path)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:[], s:b}", "kind", kind, "path", path, "commands", "failed", 0);
    if (json_array_append_new(o->list, entry) != 0) {
        diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s", not_utf8);
        o->ok = false;
    }
    return entry;
}

/* --- outputs ------------------------------------------------------------------------------ */

/* `known`: whether `secrets` were read without errors. */
static void add_template(struct outputs *o, const struct project *project,
                         const struct secrets *secrets, bool known, const char *kind,
                         const char *path)
{
    struct collection inputs = {.arena = o->arena};
    json_t *entry = new_entry(o, kind, path);
    for (size_t i = 0; i < project->nfiles; i++)
        collect_input(&inputs, path_absolute(o->arena, project->files[i]));
    collect_inputs_of(&inputs, &secrets->inputs);
    collect_input(&inputs, secrets_listing(o->arena, secrets));
    for (size_t i = 0; i < project->nlinks; i++)
        collect_input(&inputs, project->links[i]);
    for (size_t i = 0; i < project->ninputs; i++)
        collect_input(&inputs, project->inputs[i]);
    if (!known)
        fail(o, entry);
    add_inputs(o, entry, &inputs);
}

/* An output of a lambda, with the keys that all of these have. */
static json_t *new_bundle_entry(struct outputs *o, const char *kind, const char *path,
                                const struct bundle *bundle, const struct package *package)
{
    const char *app = bundle->resource->app->name;
    json_t *entry = new_entry(o, kind, path);
    json_t *more =
        json_pack("{s:s, s:s?, s:s, s:s, s:s?}", bundle->layer ? "layer" : "lambda",
                  bundle->reference, "app", *app ? app : NULL, "runtime", package->runtime,
                  "architecture", package->architecture, "target", bundle_target(package->code));
    json_object_update(entry, more);
    json_decref(more);
    return entry;
}

/* Adds the zip of the dependencies if there is a manifest. False if installing would fail. */
static bool add_dependencies(struct outputs *o, const struct bundle *bundle,
                             const struct package *package)
{
    struct collection inputs = {.arena = o->arena, .left_out = package_left_out(o->arena, package)};
    struct install_look look;
    bool ok = install_look(o->arena, package, false, &inputs, &look);
    if (!look.zip)
        return ok;
    json_t *entry = new_bundle_entry(o, "dependencies", look.zip, bundle, package);
    if (ok)
        add_command(o, entry, look.argv, look.folder, NULL);
    else
        fail(o, entry);
    add_inputs(o, entry, &inputs);
    return ok;
}

static void add_zip(struct outputs *o, const struct bundle *bundle, const struct package *package,
                    bool known)
{
    struct collection inputs = {.arena = o->arena, .left_out = package_left_out(o->arena, package)};
    struct build_look look = {0};
    json_t *entry = new_bundle_entry(o, "zip", package->zip, bundle, package);
    if (!known || !packing_look(o->arena, package, &inputs, &look))
        fail(o, entry);
    for (size_t i = 0; look.argvs && look.argvs[i]; i++)
        add_command(o, entry, look.argvs[i], look.folder, look.environment);
    add_inputs(o, entry, &inputs);
}

static json_t *project_json(const struct outputs *o, const struct project *project)
{
    json_t *settings = json_array();
    for (size_t i = 0; i < project->nfiles; i++)
        json_array_append_new(settings, json_string(path_absolute(o->arena, project->files[i])));
    return json_pack("{s:s, s:s, s:o}", "name", project->name, "folder",
                     path_absolute(o->arena, project->dir), "settings", settings);
}

bool outputs_print(const struct model *model, const struct step_file *files,
                   const struct package_dirs *dirs)
{
    struct outputs o = {.arena = model->arena, .list = json_array(), .ok = true};
    const char *folder = path_absolute(o.arena, dirs->output);
    struct secrets secrets;
    bool known = secrets_load(o.arena, model->project, &secrets);
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (files[step].json)
            add_template(&o, model->project, &secrets, known, "template",
                         path_join(o.arena, folder, files[step].name));
    for (size_t i = 0; i < model->artifacts->n; i++)
        add_template(&o, model->project, &secrets, known, "artifact",
                     artifact_file(o.arena, folder, &model->artifacts->list[i]));
    for (size_t i = 0; i < model->nbundles; i++) {
        const struct bundle *bundle = model->bundles[i];
        struct package *package = package_of(model, bundle, dirs);
        bool looked = package_look(package);
        add_zip(&o, bundle, package, looked && add_dependencies(&o, bundle, package));
    }
    if (!cfn_print(json_pack("{s:o, s:s, s:o}", "project", project_json(&o, model->project),
                             "build_dir", folder, "outputs", o.list)))
        return diag_error(EXIT_OTHER, (struct pos){0}, "the plan cannot be written as JSON");
    return o.ok;
}
