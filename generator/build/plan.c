#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/say.h"
#include "build/artifact_files.h"
#include "build/plan.h"
#include "languages/install.h"
#include "resources/artifact.h"
#include "resources/bundle.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "settings/project.h"
#include "sources/package.h"
#include "sources/work.h"
#include "template/cfn.h"

/* The folders of the build, which are Gordon's own. */
static const struct root own = {NULL, EXIT_OTHER};

/* --- a lambda's file ---------------------------------------------------------------------- */

static json_t *build_json(const struct package *p)
{
    json_t *build = json_array();
    for (size_t i = 0; i < p->nbuild; i++)
        json_array_append_new(build, json_string(p->build[i]));
    return build;
}

/* clang-format off */
static json_t *package_json(const struct package *p)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:o, s:b, s:s, s:s, s:s*, s:s*, "
                     "s:s*, s:s, s:s, s:s, s:b, s:b, s:s, s:b, s:b, s:s*, s:s*, s:b, s:s, s:s}",
        "reference", p->reference, "name", p->name, "code", p->code, "root", p->root,
        "zip", p->zip, "work", p->work, "runtime", p->runtime, "language", p->language,
        "architecture", p->architecture, "build", build_json(p), "in_source", p->in_source,
        "project_name", p->project_name, "project_path", p->project_path,
        "pip_path", p->pip_path, "npm_path", p->npm_path, "gradle_path", p->gradle_path,
        "pip_extra", p->pip_extra, "npm_extra", p->npm_extra, "gradle_extra", p->gradle_extra,
        "strip", p->strip, "libc", p->libc,
        "handler", p->handler, "handler_given", p->handler_given,
        "checks_handler", p->checks_handler, "handler_from", p->handler_from,
        "generated", p->generated, "layer", p->layer, "runtimes",
        p->runtimes, "architectures", p->architectures);
}
/* clang-format on */

char *plan_text(const struct package *package)
{
    json_t *json = package_json(package);
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(json);
    return text;
}

/* Copies every string into the arena, so that the JSON can be freed. */
static bool unpack(struct arena *arena, json_t *json, struct package *p)
{
    const struct {
        const char *key, **value;
        bool required;
    } texts[] = {
        {"reference", &p->reference, true},
        {"name", &p->name, true},
        {"code", &p->code, true},
        {"root", &p->root, true},
        {"zip", &p->zip, true},
        {"work", &p->work, true},
        {"runtime", &p->runtime, true},
        {"architecture", &p->architecture, true},
        {"runtimes", &p->runtimes, true},
        {"architectures", &p->architectures, true},
        {"project_name", &p->project_name, true},
        {"project_path", &p->project_path, true},
        {"pip_extra", &p->pip_extra, true},
        {"npm_extra", &p->npm_extra, true},
        {"gradle_extra", &p->gradle_extra, true},
        {"generated", &p->generated, false},
        {"handler", &p->handler, true},
        {"handler_from", &p->handler_from, false},
        {"pip_path", &p->pip_path, false},
        {"npm_path", &p->npm_path, false},
        {"gradle_path", &p->gradle_path, false},
    };
    for (size_t i = 0; i < countof(texts); i++) {
        const char *text = json_string_value(json_object_get(json, texts[i].key));
        if (!text && texts[i].required)
            return false;
        *texts[i].value = text ? arena_strdup(arena, text) : NULL;
    }
    size_t i;
    json_t *command;
    json_array_foreach(json_object_get(json, "build"), i, command) {
        if (!json_is_string(command))
            return false;
        array_push(arena, p->build, p->nbuild, arena_strdup(arena, json_string_value(command)));
    }
    p->language = (enum language)json_integer_value(json_object_get(json, "language"));
    p->in_source = json_is_true(json_object_get(json, "in_source"));
    p->layer = json_is_true(json_object_get(json, "layer"));
    p->strip = json_is_true(json_object_get(json, "strip"));
    p->libc = json_is_true(json_object_get(json, "libc"));
    p->arena = arena;
    p->parameters = project_parameters(arena, p->project_path, &p->nparameters);
    p->handler_given = json_is_true(json_object_get(json, "handler_given"));
    p->checks_handler = json_is_true(json_object_get(json, "checks_handler"));
    return p->language <= LANG_NONE;
}

/* Places in the settings change with every line, and only errors need them. So they are in a
 * separate file beside the lambda's, on which no edge depends. */
static const char places_name[] = "places.json";

static json_t *place_json(struct arena *arena, struct pos pos)
{
    const char *file = arena ? path_absolute(arena, pos.file) : pos.file;
    return json_pack("[s,i,i,i]", file, pos.line, pos.column, pos.length);
}

static struct pos place_of_json(struct arena *arena, json_t *json)
{
    const char *file = NULL;
    struct pos pos = {0};
    if (json_unpack(json, "[s,i,i,i]", &file, &pos.line, &pos.column, &pos.length) == 0)
        pos.file = arena_strdup(arena, file);
    return pos;
}

static void set_places(struct arena *arena, json_t *json, struct package *package)
{
    package->pos = place_of_json(arena, json_array_get(json, 0));
    package->build_pos = place_of_json(arena, json_array_get(json, 1));
    package->handler_pos = place_of_json(arena, json_array_get(json, 2));
    for (size_t i = 3; i < json_array_size(json); i++)
        array_push(arena, package->build_places, package->nplaces,
                   place_of_json(arena, json_array_get(json, i)));
    project_show_lines(arena, package->project_path, package->pos.file);
    project_show_lines(arena, package->project_path, package->build_pos.file);
    project_show_lines(arena, package->project_path, package->handler_pos.file);
    for (size_t i = 0; i < package->nplaces; i++)
        project_show_lines(arena, package->project_path, package->build_places[i].file);
}

static void read_places(struct arena *arena, const char *plan, struct package *package)
{
    json_error_t error; /* without places errors name no line, and nothing else changes */
    json_t *json = cfn_read(path_join(arena, path_dir(arena, plan), places_name), 0, &error);
    set_places(arena, json, package);
    json_decref(json);
}

/* With absolute paths if there is an arena for them. */
static json_t *places_json(struct arena *arena, const struct package *package)
{
    json_t *json =
        json_pack("[o,o,o]", place_json(arena, package->pos), place_json(arena, package->build_pos),
                  place_json(arena, package->handler_pos));
    for (size_t i = 0; i < package->nplaces; i++)
        json_array_append_new(json, place_json(arena, package->build_places[i]));
    return json;
}

static bool write_places(struct arena *arena, const struct package *package)
{
    json_t *json = places_json(arena, package);
    bool ok = cfn_write(path_join(arena, package->work, places_name), json);
    json_decref(json);
    return ok;
}

struct package *plan_read(struct arena *arena, const char *path)
{
    struct package *p = arena_alloc(arena, sizeof *p);
    json_error_t error;
    json_t *json = cfn_read(path, 0, &error);
    bool ok = json && unpack(arena, json, p);
    if (!ok)
        diag_error(EXIT_OTHER, (struct pos){.file = arena_strdup(arena, path)},
                   "this is no plan of a lambda or layer%s%s; configure the build again",
                   json ? "" : ": ", json ? "" : error.text);
    else
        read_places(arena, path, p);
    json_decref(json);
    return ok ? p : NULL;
}

char *plan_whole_text(const struct package *package)
{
    json_t *both = json_pack("{s:o, s:o}", "plan", package_json(package), "places",
                             places_json(NULL, package));
    char *text = json_dumps(both, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(both);
    return text;
}

struct package *plan_of_text(struct arena *arena, const char *text)
{
    struct package *p = arena_alloc(arena, sizeof *p);
    json_t *both = json_loads(text, 0, NULL);
    bool ok = both && unpack(arena, json_object_get(both, "plan"), p);
    if (ok)
        set_places(arena, json_object_get(both, "places"), p);
    json_decref(both);
    return ok ? p : NULL;
}

/* --- the plan ----------------------------------------------------------------------------- */

/* Characters that are syntax of CMake in a list, a string or code: a field has them as %XX. */
static bool is_syntax(unsigned char c)
{
    return c < ' ' || c == 0x7F || strchr("%;[]\\\"$", c);
}

static void add_field(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (is_syntax((unsigned char)*text))
            buf_printf(out, "%%%02X", (unsigned char)*text);
        else
            buf_add(out, text, 1);
    }
}

/* Adds a line of fields with tabs between them; they end with the first NULL. */
static void add_record(struct buf *out, const char *const fields[])
{
    for (size_t i = 0; fields[i]; i++) {
        buf_adds(out, i ? "\t" : "");
        add_field(out, fields[i]);
    }
    buf_adds(out, "\n");
}

/* Adds the record of a file or folder, and its name as messages show it if that differs. */
static void add_path(struct buf *out, const char *what, const char *path)
{
    const char *shown = say_word(path);
    add_record(out, (const char *const[]){what, path, strcmp(shown, path) ? shown : NULL, NULL});
}

/* The name of a lambda as a build shows it: without what means something to a terminal
 * (say_word), a generator expression, Make or Ninja. */
static const char *shown_name(struct arena *arena, const char *reference)
{
    char *name = arena_strdup(arena, say_word(reference));
    for (char *c = name; (c = strpbrk(c, "$[]\\;\"`\t\n\r"));)
        *c = '?';
    return name;
}

/* Adds the record of a lambda or layer: with INSTALL if it has dependencies to install; or with
 * TARGET, the target's name and the place in the settings, because only CMake knows its targets. */
static void add_lambda(struct arena *arena, struct buf *out, const struct package *package,
                       const char *key, const char *file)
{
    const char *target = bundle_target(package->code);
    const char *place =
        say_word(arena_printf(arena, "%s:%d:%d", path_absolute(arena, package->pos.file),
                              package->pos.line, package->pos.column));
    const char *what = target ? "TARGET" : install_is_needed(package) ? "INSTALL" : NULL;
    add_record(out, (const char *const[]){package->layer ? "layer" : "lambda", package->reference,
                                          shown_name(arena, package->reference), key, file, what,
                                          target, place, NULL});
}

/* Does not look at code that targets make: the graph must not depend on whether they have run. So
 * no edge installs what a manifest there names; the lambda's edge does. */
static bool write_bundle(const struct model *model, const struct bundle *bundle,
                         const struct package_dirs *dirs, struct buf *plan)
{
    struct package *package = package_of(model, bundle, dirs);
    const char *file = path_join(model->arena, package->work, "plan.json");
    if (!(package->generated || package_look(package)) || !work_check_folder(package->work))
        return false;
    json_t *json = package_json(package);
    bool ok = cfn_write(file, json) && write_places(model->arena, package);
    json_decref(json);
    add_lambda(model->arena, plan, package, bundle->zip_key, file);
    return ok;
}

static bool write_file(const char *path, const struct buf *content)
{
    return file_write(path, content->data, content->len, 0644) ||
           diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

bool plan_clean_templates(struct arena *arena, const struct step_file *files, const char *output)
{
    size_t n;
    char **names;
    bool ok = root_list(arena, &own, output, &names, &n);
    for (size_t i = 0; i < n; i++) {
        enum step step = step_of_file(names[i]);
        if (step_is_unfinished(names[i]))
            remove_unfinished(output, names[i]);
        if (step != STEP_COUNT && (!files[step].name || strcmp(files[step].name, names[i]) != 0))
            ok = work_remove(arena, output, names[i]) && ok;
    }
    return ok;
}

/* <output>/.gordon/zips has the names of the zips that were built there, without .zip, one in each
 * line. */
static const char *zips_path(struct arena *arena, const char *output)
{
    return path_join(arena, output, ".gordon/zips");
}

/* Writes the names of the model's zips, behind those of `before`, which may be NULL: no file. */
static bool write_zips(const struct model *model, const char *output, const char *before)
{
    struct buf names = {0};
    struct table there = {0};
    char *copy = arena_strdup(model->arena, before ? before : "");
    buf_adds(&names, copy);
    for (char *name; (name = strtok_r(copy, "\n", &copy));)
        table_set(model->arena, &there, name, name);
    for (size_t i = 0; i < model->nbundles; i++) {
        const char *name = package_folder(model->arena, model->bundles[i]);
        if (!table_get(&there, name))
            buf_printf(&names, "%s\n", name);
    }
    bool ok = (!names.len && !before) || write_file(zips_path(model->arena, output), &names);
    buf_free(&names);
    return ok;
}

bool plan_note_zips(const struct model *model, const char *output)
{
    size_t len;
    char *before;
    return root_read(model->arena, &own, zips_path(model->arena, output), &before, &len) &&
           write_zips(model, output, before);
}

/* Removes the files of a lambda that is not in the model. */
static bool clean_zip(const struct model *model, const char *output, const char *work,
                      const char *name)
{
    struct arena *arena = model->arena;
    const char *zip = arena_printf(arena, "%s.zip", name);
    const char *dependencies = arena_printf(arena, "%s.zip.dependencies.zip.stamp", name);
    remove_unfinished(path_join(arena, output, "code"), arena_printf(arena, "%s.zip.", name));
    return (artifact_is_output(model, zip) ||
            work_remove(arena, output, arena_printf(arena, "code/%s", zip))) &&
           work_remove(arena, work, arena_printf(arena, "%s.zip.stamp", name)) &&
           work_remove(arena, work, dependencies) &&
           work_remove(arena, work, arena_printf(arena, "lambdas/%s", name));
}

/* Whether a line of the list may be what we wrote: a single name, as package_folder makes them.
 * A file of data must not say what is deleted elsewhere. */
static bool is_folder_name(const char *name)
{
    return !path_relative_fault(name) && !strchr(name, '/');
}

/* A zip is ours if the list names it, or if it has a folder in <work>/lambdas. Other files in the
 * output folder may be anybody's, and are never touched. */
bool plan_clean_zips(const struct model *model, const char *output, const char *work)
{
    struct arena *arena = model->arena;
    struct table there = {0};
    size_t n, len;
    char **names, *noted;
    if (!root_list(arena, &own, path_join(arena, work, "lambdas"), &names, &n) ||
        !root_read(arena, &own, zips_path(arena, output), &noted, &len))
        return false;
    bool ok = true;
    remove_unfinished(work, "");
    for (size_t i = 0; i < model->nbundles; i++)
        table_set(arena, &there, package_folder(arena, model->bundles[i]), &there);
    for (size_t i = 0; i < n; i++)
        ok = (table_get(&there, names[i]) || clean_zip(model, output, work, names[i])) && ok;
    for (char *rest = noted, *name; noted && (name = strtok_r(rest, "\n", &rest));)
        if (is_folder_name(name) && !table_get(&there, name))
            ok = clean_zip(model, output, work, name) && ok;
    return ok && (!noted || write_zips(model, output, ""));
}

static bool write_path(const char *file, const char *path)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n", path);
    bool ok = write_file(file, &text);
    buf_free(&text);
    return ok;
}

/* Lets each of the two folders name the other one. The outputs are of this build now: the state of
 * a `gordon build` there says nothing about them. */
static bool write_folders(struct arena *arena, const char *output, const char *work)
{
    work = path_absolute(arena, work);
    output = path_absolute(arena, output);
    return work_remove(arena, output, PLAN_STATE) &&
           write_path(path_join(arena, output, PLAN_WORK), work) &&
           write_path(path_join(arena, work, PLAN_OUTPUT), output);
}

bool plan_write(const struct model *model, const struct step_file *files,
                const struct package_dirs *dirs)
{
    struct arena *arena = model->arena;
    const char *output = dirs->output, *work = dirs->work;
    struct buf plan = {0};
    bool ok = true;
    if (!work_check_output(arena, output) || !work_claim(arena, work))
        return false;
    for (size_t i = 0; i < model->project->nfiles; i++)
        add_path(&plan, "settings", path_absolute(arena, model->project->files[i]));
    for (size_t i = 0; i < model->project->napps; i++) {
        const char *dir = path_absolute(arena, model->project->apps[i].dir);
        if (!model->project->apps[i].has_file)
            add_path(&plan, "folder", dir);
    }
    for (size_t i = 0; i < model->project->nlinks; i++)
        add_path(&plan, "folder", model->project->links[i]);
    for (size_t i = 0; i < model->project->ninputs; i++)
        add_path(&plan, "folder", model->project->inputs[i]);
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (files[step].json)
            add_record(&plan, (const char *const[]){"template", files[step].name, NULL});
    for (size_t i = 0; i < model->artifacts->n; i++)
        add_record(&plan, (const char *const[]){"artifact", model->artifacts->list[i].name, NULL});
    for (size_t i = 0; i < model->nbundles; i++)
        ok = write_bundle(model, model->bundles[i], dirs, &plan) && ok;
    ok = ok && write_folders(arena, output, work) &&
         write_file(path_join(arena, work, "plan.list"), &plan);
    ok = ok && plan_note_zips(model, output) && plan_clean_zips(model, output, work) &&
         plan_clean_templates(arena, files, output);
    buf_free(&plan);
    return ok;
}
