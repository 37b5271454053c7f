#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/entry.h"
#include "archive/tar.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "build/built.h"
#include "build/secret.h"
#include "deploy/deployment.h"
#include "deploy/manifest.h"
#include "deploy/release.h"
#include "deploy/staging.h"
#include "parameters/params.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/limit.h"

/* --- what goes into it -------------------------------------------------------------------- */

struct writer {
    struct arena *arena;
    const struct release_source *source;
    struct built built;
    struct pack_entry *entries; /* all but the manifest */
    size_t n;
    const char **inputs;
    size_t ninputs;
    const struct node *common, *stage; /* files of parameters, or NULL */
    json_t *values;                    /* an object with the names of all parameters given */
    struct params_found found;
    struct secrets secrets;
};

static void add_file(struct writer *w, const char *name, const char *source)
{
    struct pack_entry entry = {.name = name, .source = source};
    array_push(w->arena, w->entries, w->n, entry);
}

/* Adds a file to the release and to the inputs. */
static void add_input(struct writer *w, const char *name, const char *source)
{
    add_file(w, name, source);
    array_push(w->arena, w->inputs, w->ninputs, path_absolute(w->arena, source));
}

/* Adds the templates, and the zips that their actions name: other files there are not of this
 * build. */
static void add_built(struct writer *w)
{
    const char *dir = w->built.dir;
    for (size_t i = 0; i < w->built.count; i++) {
        const struct built_step *step = &w->built.steps[i];
        size_t k;
        json_t *action;
        add_input(w, step->file, path_join(w->arena, dir, step->file));
        json_array_foreach(json_object_get(step->json, "actions"), k, action) {
            const char *zip = json_string_value(json_object_get(action, "filename"));
            if (zip)
                add_input(w, zip, path_join(w->arena, dir, zip));
        }
    }
}

/* Adds a file of parameters, if it exists. Errors in it are reported, because they would stop
 * apply; its values are not looked at. */
static bool add_parameters(struct writer *w, const char *name, const struct node **node)
{
    const char *file = arena_printf(w->arena, "parameters/%s.yml", name);
    const char *project = w->source->project->dir, *path = path_join(w->arena, project, file);
    const struct root root = {project, EXIT_OTHER};
    size_t n;
    const char **links = root_links(w->arena, project, path, &n);
    for (size_t i = 0; i < n; i++)
        array_push(w->arena, w->inputs, w->ninputs, links[i]);
    diag_conceal(path);
    if (!node_load(w->arena, &root, path, node))
        return false;
    if (*node) {
        add_input(w, file, path);
        secrets_add(w->arena, &w->secrets, *node);
    }
    return true;
}

/* The folder is an input too: it changes when a file appears that is not there yet. */
static bool add_all_parameters(struct writer *w)
{
    const char *dir = path_absolute(w->arena, w->source->project->dir);
    const char *folder = path_join(w->arena, dir, "parameters");
    array_push(w->arena, w->inputs, w->ninputs, file_look(folder) == FILE_FOLDER ? folder : dir);
    bool ok = add_parameters(w, "common", &w->common);
    if (strcmp(w->source->stage, "common") == 0) /* it is the same file */
        return ok;
    return add_parameters(w, w->source->stage, &w->stage) && ok;
}

/* --- what apply would refuse, as far as that is known here -------------------------------- */

/* Adds the names in a file. Those that nothing asks for are unused, unless `over`, the file that
 * overrides this one, has them. The order is that of params_load: the stage's file comes last. */
static void add_names(struct writer *w, const struct node *file, const struct node *over)
{
    for (size_t i = 0; file && i < file->count; i++) {
        const struct node *key = file->entries[i].key;
        json_object_set_new(w->values, key->text, json_true());
        if (!node_get(over, key->text) && !built_wants(&w->built, key->text))
            array_push(w->arena, w->found.unused, w->found.nunused, key);
    }
}

static struct pos place_of_ref(const char *name, void *data)
{
    const struct writer *w = data;
    return project_place_of_ref(w->source->project, name);
}

static void note_missing(const char *name, void *data)
{
    const struct writer *w = data;
    params_note_nearest(w->arena, &w->found, name);
}

/* Checks that parameters have values; apply checks what references lead to. */
static bool check_values(struct writer *w)
{
    add_names(w, w->common, w->stage);
    add_names(w, w->stage, NULL);
    json_object_set_new(w->values, "Stage", json_true());
    json_object_set_new(w->values, "Region", json_true());
    return built_check_values(&w->built, w->values, w->source->stage, place_of_ref, note_missing,
                              w);
}

static bool check_build(struct writer *w)
{
    const struct limit_check limits = {.project = w->source->project, .places = w->source->places};
    bool ok = check_values(w);
    ok = built_check_limits(&w->built, &limits) && ok;
    return secrets_check(&w->secrets.parameters, &w->built) && ok;
}

/* --- the files, sorted -------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pack_entry *)a)->name, ((const struct pack_entry *)b)->name);
}

/* Sorts the files, each once: two lambdas never have the same zip, but a build that was written by
 * hand can name a zip twice. */
static void sort_entries(struct writer *w)
{
    size_t n = 0;
    qsort(w->entries, w->n, sizeof *w->entries, by_name);
    for (size_t i = 0; i < w->n; i++)
        if (!n || strcmp(w->entries[n - 1].name, w->entries[i].name) != 0)
            w->entries[n++] = w->entries[i];
    w->n = n;
}

/* --- its manifest ------------------------------------------------------------------------- */

/* Returns the path of a settings file in the project or in Gordon's data, so that the release does
 * not depend on the machine. */
static const char *place_file(struct writer *w, const char *file)
{
    const char *path = path_absolute(w->arena, file);
    const char *const roots[] = {path_absolute(w->arena, w->source->project->dir),
                                 project_data_dir(w->arena)};
    for (size_t i = 0; i < countof(roots); i++)
        if (path_within(path, roots[i]))
            return path + strlen(roots[i]) + (path[strlen(roots[i])] == '/');
    return path_base(path);
}

static void add_place(struct writer *w, const char *name, struct pos pos,
                      const struct manifest_place **places, size_t *n)
{
    struct manifest_place place = {name, pos};
    place.pos.file = place_file(w, pos.file);
    array_push(w->arena, *(struct manifest_place **)places, *n, place);
}

static void add_places(struct writer *w, struct manifest *m)
{
    const struct project *project = w->source->project;
    const json_t *resources =
        json_object_get(built_step_json(&w->built, STEP_RESOURCES), "Resources");
    static const char *const keys[] = {"Parameters", "parameters"};
    struct table known = {0};
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)resources, name, value) {
        const struct pos *pos = table_get(w->source->places, name);
        if (pos && pos->line)
            add_place(w, name, *pos, &m->resources, &m->nresources);
    }
    for (size_t i = 0; i < w->built.count * countof(keys); i++) {
        const struct built_step *step = &w->built.steps[i / countof(keys)];
        json_object_foreach(json_object_get(step->json, keys[i % countof(keys)]), name, value) {
            struct pos pos = project_place_of_ref(project, name);
            if (pos.line && !table_set(w->arena, &known, name, w))
                add_place(w, name, pos, &m->parameters, &m->nparameters);
        }
    }
}

static bool digest_file(struct pack_entry *entry, struct tar_file *file)
{
    struct stat st;
    if (stat(entry->source, &st) != 0 || !sha256_file(entry->source, file->sha256))
        return diag_error(EXIT_OTHER, (struct pos){.file = entry->source}, "cannot be read: %s",
                          strerror(errno));
    file->name = entry->name;
    file->size = (uint64_t)st.st_size;
    entry->sha256 = file->sha256; /* tar_write refuses other content */
    return true;
}

static bool write_manifest(struct writer *w, const char *path)
{
    const struct project *project = w->source->project;
    struct tar_file *files = arena_alloc(w->arena, w->n * sizeof *files);
    struct manifest m = {
        .project = project->name,
        .stage = w->source->stage,
        .region = w->source->region,
        .default_region = project->default_region,
        .account = project_text(project, "aws-account-id", NULL),
        .files = files,
        .nfiles = w->n,
    };
    bool ok = true;
    for (size_t i = 0; i < w->n; i++)
        ok = digest_file(&w->entries[i], &files[i]) && ok;
    add_places(w, &m);
    return ok && manifest_write(path, &m);
}

static bool write_release(struct writer *w, const char *path)
{
    const char *staging = staging_make(w->arena);
    const char *manifest = staging ? path_join(w->arena, staging, MANIFEST_NAME) : NULL;
    bool ok = staging && write_manifest(w, manifest);
    if (ok) {
        add_file(w, MANIFEST_NAME, manifest);
        sort_entries(w);
        ok = tar_write(path, w->entries, w->n);
    }
    staging_remove(staging);
    return ok;
}

bool release_write(const struct release_source *source, const char *path, const char ***inputs,
                   size_t *ninputs)
{
    struct writer w = {.arena = source->project->arena, .source = source, .values = json_object()};
    bool ok = deployment_check_name(source->project);
    ok = built_load(w.arena, source->build_dir, &w.built) && ok;
    ok = add_all_parameters(&w) && ok;
    ok = ok && check_build(&w);
    if (ok) {
        add_built(&w);
        sort_entries(&w);
        ok = write_release(&w, path);
    }
    built_release(&w.built);
    json_decref(w.values);
    *inputs = w.inputs;
    *ninputs = w.ninputs;
    return ok;
}

/* --- reading ------------------------------------------------------------------------------ */

static bool fail(const char *path, const char *what, const char *name)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path},
                      "this is no release that gordon wrote: %s%s", what, name);
}

/* Compares the files with the manifest. Both are sorted, as tar_unpack refuses other archives. */
static bool check_files(const char *path, const struct manifest *m, const struct tar_file *files,
                        size_t n)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct tar_file *file = &files[i];
        if (strcmp(file->name, MANIFEST_NAME) == 0)
            continue;
        if (found == m->nfiles || strcmp(m->files[found].name, file->name) != 0)
            return fail(path, "it has other files than its manifest, at ", file->name);
        if (m->files[found].size != file->size || strcmp(m->files[found].sha256, file->sha256) != 0)
            return fail(path, "its manifest has another content for ", file->name);
        found++;
    }
    return found == m->nfiles || fail(path, "it lacks ", m->files[found].name);
}

/* Makes a project whose settings have only what deployment_check_name and project_text read. */
static struct project *make_project(struct arena *arena, const char *folder,
                                    const struct manifest *m)
{
    struct project *project = arena_alloc(arena, sizeof *project);
    json_t *json = json_pack("{s:s, s:s*}", "project", m->project, "aws-account-id", m->account);
    char *text = json_dumps(json, JSON_ENSURE_ASCII); /* which is YAML */
    project->arena = arena;
    project->dir = folder;
    project->file = path_join(arena, folder, "settings.yml");
    project->settings = node_parse(arena, project->file, arena_strdup(arena, text), strlen(text));
    project->name = m->project;
    project->default_region = m->default_region;
    free(text);
    json_decref(json);
    return project->settings ? project : NULL;
}

/* Sets places as if the settings were in the folder: messages then show their paths without it (see
 * diag_strip), which are those in the project. */
static void index_places(struct arena *arena, const char *folder,
                         const struct manifest_place *places, size_t n, struct table *table)
{
    for (size_t i = 0; i < n; i++) {
        struct pos *pos = arena_alloc(arena, sizeof *pos);
        *pos = places[i].pos;
        pos->file = path_join(arena, folder, places[i].pos.file);
        table_set(arena, table, places[i].name, pos);
    }
}

bool release_open(struct arena *arena, const char *path, struct release *release)
{
    struct manifest m;
    struct tar_file *files;
    size_t n;
    *release = (struct release){.folder = staging_make(arena)};
    if (!release->folder || !tar_unpack(arena, path, release->folder, &files, &n) ||
        !manifest_read(arena, path_join(arena, release->folder, MANIFEST_NAME), path, &m) ||
        !check_files(path, &m, files, n))
        return false;
    diag_strip(release->folder);
    release->stage = m.stage;
    release->region = m.region;
    release->project = make_project(arena, release->folder, &m);
    index_places(arena, release->folder, m.resources, m.nresources, &release->resources);
    index_places(arena, release->folder, m.parameters, m.nparameters, &release->parameters);
    return release->project != NULL;
}

void release_close(struct release *release)
{
    staging_remove(release->folder);
    release->folder = NULL;
}
