#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/root.h"
#include "base/utf8.h"
#include "base/util.h"
#include "settings/extra.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/project_check.h"
#include "settings/schema.h"

/* Settings of the project; those from `lambdas` on are settings of every app, too. */
static const struct field project_fields[] = {
    {"project", FIELD_NAME, .required = true},
    {"default-region", FIELD_NAME},
    {"code-bucket", FIELD_TEXT, .required = true},
    {"apps", FIELD_LIST},
    {"aws-account-id", FIELD_NAME},
    {"vpcs", FIELD_MAP},
    {"contexts", FIELD_MAP},
    {"tags", FIELD_MAP},
    {"pip-path", FIELD_NAME},
    {"npm-path", FIELD_NAME},
    {"gradle-path", FIELD_NAME},
    {"lambdas", FIELD_MAP},
    {"layers", FIELD_MAP},
    {"apigateway", FIELD_MAP},
    {"httpapi", FIELD_MAP},
    {"websocket", FIELD_MAP},
    {"events", FIELD_MAP},
    {"schedules", FIELD_MAP},
    {"sns", FIELD_MAP},
    {"dynamodb", FIELD_MAP},
    {"kinesis", FIELD_MAP},
    {"sqs", FIELD_MAP},
    {"kafka", FIELD_MAP},
    {"mq", FIELD_MAP},
    {"documentdb", FIELD_MAP},
    {"s3", FIELD_MAP},
    {"logs", FIELD_MAP},
    {"cognito", FIELD_MAP},
    {"iot", FIELD_MAP},
    {"alb", FIELD_MAP},
    {"outputs", FIELD_MAP},
    {"cloudformation", FIELD_ANY},
    {"defaults", FIELD_MAP},
    {"pip-install-extra", FIELD_NAME},
    {"npm-install-extra", FIELD_NAME},
    {"gradle-build-extra", FIELD_NAME},
};
enum { PROJECT_ONLY = 10 };
static const struct field *const app_fields = project_fields + PROJECT_ONLY;
enum { APP_FIELDS = countof(project_fields) - PROJECT_ONLY };

enum { TEXTS_MAX = 512 << 20 }; /* bytes of all files that project_read reads */

static const char contrib_prefix[] = "gordon.contrib.";

/* Notes a file that was read: with its stamp from before, and the links that led to it. */
static void note_file(struct project *p, const char *folder, const char *path,
                      struct file_stamp stamp)
{
    size_t n = p->nfiles, nlinks;
    array_push(p->arena, p->stamps, n, stamp);
    array_push(p->arena, p->files, p->nfiles, path);
    const char **links = root_links(p->arena, folder, path, &nlinks);
    for (size_t i = 0; i < nlinks; i++)
        array_push(p->arena, p->links, p->nlinks, links[i]);
}

/* Whether a file is none of the project's parameters, whatever path leads to it: a template shows
 * what it holds, and so do errors in settings. */
static bool check_no_parameter(const struct project *p, const char *path,
                               const struct file_stamp *stamp)
{
    struct stat st;
    for (size_t i = 0; i < p->nparameters; i++)
        if (p->parameters[i].number == stamp->number && stat(path, &st) == 0 &&
            p->parameters[i].device == st.st_dev)
            return diag_error(EXIT_OTHER, (struct pos){.file = path},
                              "this leads to the project's parameters, whose values must not be in "
                              "settings or a template; a ref://Name is the value of a parameter");
    return true;
}

/* Sets `*settings` to NULL if there is no such file in `folder`. */
static bool load_settings(struct project *p, const char *folder, const char *path,
                          const struct node **settings)
{
    const struct root root = {folder, EXIT_OTHER};
    struct file_stamp stamp = file_stamp(path);
    if (!check_no_parameter(p, path, &stamp))
        return false;
    diag_show(path);
    if (!node_load_settings(p->arena, &root, path, &p->schemes, settings))
        return false;
    if (*settings)
        note_file(p, folder, path, stamp);
    return true;
}

/* Reports missing required settings at the first line of the file. */
static bool check_required(const struct project *p)
{
    bool ok = true;
    for (size_t i = 0; i < countof(project_fields); i++)
        if (project_fields[i].required && !node_set(node_get(p->settings, project_fields[i].key)))
            ok = diag_error(EXIT_REQUIRED, (struct pos){p->file, 1, 1, 1},
                            "a project needs the setting '%s'", project_fields[i].key);
    return ok;
}

static const char *find_data_dir(struct arena *arena)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        fatal("cannot find the path of this program:");
    self[len] = '\0';
    const char *data = path_join(arena, path_dir(arena, self), GORDON_DATA);
    char *real = realpath(data, NULL);
    if (!real && errno == ENOENT)
        return data;
    if (!real)
        fatal("%s:", data);
    data = arena_strdup(arena, real);
    free(real);
    return data;
}

/* Finds it once, so that all of a run uses one name of it. */
const char *project_data_dir(struct arena *arena)
{
    static char known[PATH_MAX];
    if (!*known) {
        const char *found = find_data_dir(arena);
        if (strlen(found) >= sizeof known)
            return found;
        memcpy(known, found, strlen(found) + 1);
    }
    return known;
}

const struct file_id *project_parameters(struct arena *arena, const char *dir, size_t *n)
{
    const char *folder = path_join(arena, dir, "parameters");
    struct file_id *ids = NULL;
    struct stat st;
    size_t count;
    char **names = file_list(arena, folder, &count);
    *n = 0;
    if (!names) {
        fatal_unless_missing(folder);
        count = 0;
    }
    for (size_t i = 0; i <= count; i++) {
        const char *path = i < count ? path_join(arena, folder, names[i]) : folder;
        if (stat(path, &st) == 0) {
            struct file_id id = {st.st_dev, st.st_ino};
            array_push(arena, ids, *n, id);
        } else {
            fatal_unless_missing(path);
        }
    }
    return ids;
}

void project_show_lines(struct arena *arena, const char *dir, const char *file)
{
    if (file && root_holds(dir, file) && !root_holds(path_join(arena, dir, "parameters"), file))
        diag_show(file);
}

static bool app_missing(const struct node *node, const char *dir)
{
    return diag_error(
        EXIT_APP_NOT_FOUND, node->pos,
        "there is no app '%s': no folder %s; create it, or remove the app from 'apps'", node->text,
        dir);
}

/* Sets name and folder of an app from its entry in `apps`. */
static bool locate_app(struct project *p, struct app *app, const struct node *node)
{
    const char *name = app->name = node->text;
    if (str_starts(name, contrib_prefix)) {
        const char *rest = name + sizeof contrib_prefix - 1;
        app->contrib = true;
        app->name = arena_printf(p->arena, "contrib_%s", rest);
        app->dir = path_join(p->arena, project_data_dir(p->arena),
                             arena_printf(p->arena, "contrib/%s", rest));
        if (!str_is_made_of(rest, STR_LOWER STR_DIGITS "_") || file_look(app->dir) != FILE_FOLDER)
            return diag_error(EXIT_APP_NOT_FOUND, node->pos, "Gordon ships no app '%s'", name);
        return true;
    }
    if (!*name || *name == '.' || strchr(name, '/') || strchr(name, '\n') || node_dynamic(node))
        return diag_error(EXIT_APP_FORMAT, node->pos,
                          "an app is the name of a folder beside settings.yml, not '%s'", name);
    const struct root root = {p->dir, EXIT_OTHER};
    enum file_kind kind;
    app->dir = path_join(p->arena, p->dir, name);
    return root_look(&root, app->dir, &kind) &&
           (kind == FILE_FOLDER || app_missing(node, app->dir));
}

static bool check_duplicate_app(const struct project *p, const struct app *app)
{
    for (size_t i = 0; p->apps && i < p->napps; i++) /* NULL without apps */
        if (strcmp(p->apps[i].name, app->name) == 0) {
            diag_error(EXIT_DUPLICATE_APP, app->pos, "the app '%s' stands twice in apps",
                       app->name);
            diag_note(p->apps[i].pos, "it is here already");
            return false;
        }
    return true;
}

/* The name node of an entry of `apps`: a text, or the key of a map with one key. */
static const struct node *app_name_node(const struct node *entry)
{
    if (node_text(entry))
        return entry;
    if (entry->kind == NODE_MAP && entry->count == 1 &&
        (entry->entries[0].value->kind == NODE_MAP || entry->entries[0].value->kind == NODE_NULL))
        return entry->entries[0].key;
    diag_error(EXIT_APP_FORMAT, entry->pos,
               "an entry of apps is a name, or a map of one name to settings, not %s",
               entry->kind == NODE_MAP ? "another map" : node_kind_words(entry));
    return NULL;
}

/* An app may be a folder without a settings.yml, as in Gordon 0.7: the project may hold all of its
 * settings. */
static bool load_app_settings(struct project *p, struct app *app, const struct node *entry)
{
    const char *path = path_join(p->arena, app->dir, "settings.yml");
    if (!load_settings(p, app->contrib ? app->dir : p->dir, path, &app->settings))
        return false;
    app->has_file = app->settings != NULL;
    if (app->has_file)
        return true;
    if (entry->kind != NODE_MAP)
        diag_warning(app->pos, "the app '%s' is empty: there is no %s", app->name, path);
    struct node *empty = arena_alloc(p->arena, sizeof *empty);
    *empty = (struct node){.kind = NODE_MAP, .pos = app->pos};
    app->settings = empty;
    return true;
}

static bool load_app(struct project *p, const struct node *entry)
{
    const struct node *name = app_name_node(entry);
    struct app app = {.pos = entry->pos};
    if (name)
        app.pos = name->pos;
    if (!name || !locate_app(p, &app, name) || !check_duplicate_app(p, &app))
        return false;
    if (!load_app_settings(p, &app, entry))
        return false;
    bool ok = schema_check_top(app_fields, APP_FIELDS, app.settings, "an app");
    if (app.settings != p->settings)
        ok = extra_check(app.settings) && ok;
    if (entry->kind == NODE_MAP && entry->entries[0].value->kind == NODE_MAP) {
        app.override = entry->entries[0].value;
        ok = schema_check_top(app_fields, APP_FIELDS, app.override, "an app") && ok;
        ok = extra_check(app.override) && ok;
    }
    array_push(p->arena, p->apps, p->napps, app);
    return ok;
}

static bool load_apps(struct project *p)
{
    const struct node *apps = node_get(p->settings, "apps");
    bool ok = true;
    for (size_t i = 0; apps && apps->kind == NODE_LIST && i < apps->count; i++)
        ok = load_app(p, apps->items[i]) && ok;
    struct app self = {.name = "", .dir = p->dir, .settings = p->settings, .has_file = true};
    array_push(p->arena, p->apps, p->napps, self);
    return ok;
}

/* Returns the path that a setting means: from the folder of its settings file. */
static const char *path_of(const struct project *p, const struct node *setting, const char *path)
{
    return path_join(p->arena, path_dir(p->arena, setting->pos.file), path);
}

static bool no_file(const struct node *setting, const char *path)
{
    return diag_error(EXIT_NOT_FOUND, setting->pos, "there is no file %s", path);
}

/* Reads a file of CloudFormation's words, which `setting` names. */
static bool load_words(struct project *p, const struct node *setting, const char *path,
                       const struct node **node)
{
    if (!load_settings(p, p->dir, path, node)) {
        diag_note(setting->pos, "it is named here");
        return false;
    }
    return *node || no_file(setting, path);
}

static bool load_fragment(struct project *p, const struct app *app, const struct node *value)
{
    struct fragment fragment = {app, value};
    if (!node_set(value))
        return true;
    if (value->kind != NODE_MAP) {
        if (!node_text(value) || !*value->text || node_dynamic(value))
            return diag_error(EXIT_VALUE, value->pos,
                              "cloudformation is a map of a template's sections, the path of a "
                              "YAML or JSON file, or a list of these");
        if (!load_words(p, value, path_of(p, value, value->text), &fragment.node))
            return false;
    }
    array_push(p->arena, p->fragments, p->nfragments, fragment);
    return true;
}

static bool load_fragments(struct project *p)
{
    const struct node *item;
    bool ok = true;
    for (size_t i = 0; i < p->napps; i++) {
        const struct node *value = app_get(&p->apps[i], "cloudformation");
        for (size_t k = 0; (item = node_item(value, k)); k++)
            ok = load_fragment(p, &p->apps[i], item) && ok;
    }
    return ok;
}

/* All files are kept until the templates are written, and a short file may name one many times. */
static bool check_size(struct project *p, const struct node *setting, size_t len)
{
    p->text_bytes += len;
    return p->text_bytes <= TEXTS_MAX ||
           diag_error(EXIT_VALUE, setting->pos,
                      "the files that templates name have more than %d MB together",
                      TEXTS_MAX >> 20);
}

bool project_read(struct project *project, const struct node *setting, const char *name,
                  const char **text, size_t *len)
{
    const struct root root = {project->dir, EXIT_OTHER};
    const char *path = path_of(project, setting, name);
    struct file_stamp stamp = file_stamp(path);
    char *found;
    if (project->text_bytes > TEXTS_MAX)
        return false; /* that was reported */
    if (!check_no_parameter(project, path, &stamp) ||
        !root_read(project->arena, &root, path, &found, len)) {
        diag_note(setting->pos, "it is named here");
        return false;
    }
    if (!found)
        return no_file(setting, path);
    note_file(project, project->dir, path, stamp);
    *text = found;
    return check_size(project, setting, *len);
}

/* Puts the text of a file in the place of "text://path". */
static bool resolve_text(struct project *p, struct node *node, const char *name)
{
    const char *text = NULL;
    size_t len = 0;
    if (!*name)
        return diag_error(EXIT_VALUE, node->pos, "text:// is followed by the path of a file");
    if (!project_read(p, node, name, &text, &len) || !text)
        return false;
    if (strlen(text) != len || !utf8_is_valid(text))
        return diag_error(EXIT_VALUE, node->pos, "%s is not UTF-8 text", name);
    node->text = text;
    node->literal = true;
    return true;
}

static bool resolve_texts(struct project *p, const struct node_schemes *schemes)
{
    const char *rest;
    bool ok = true;
    for (size_t i = 0; i < schemes->count; i++)
        if (reference_of(schemes->nodes[i], &rest) == REFERENCE_TEXT)
            ok = resolve_text(p, schemes->nodes[i], rest) && ok;
    return ok;
}

static bool refuse_lambdas(const struct node_schemes *schemes)
{
    const char *rest;
    bool ok = true;
    for (size_t i = 0; i < schemes->count; i++)
        if (reference_of(schemes->nodes[i], &rest) == REFERENCE_LAMBDA)
            ok = diag_error(EXIT_VALUE, schemes->nodes[i]->pos,
                            "a nested template does not see the lambdas of the project; declare a "
                            "parameter in it, and give it the value %s",
                            schemes->nodes[i]->text);
    return ok;
}

bool project_read_template(struct project *p, const struct node *setting, const char *name,
                           const struct node **template)
{
    const struct node_schemes before = p->schemes;
    p->schemes = (struct node_schemes){0};
    bool ok = load_words(p, setting, path_of(p, setting, name), template);
    ok = resolve_texts(p, &p->schemes) && ok;
    ok = refuse_lambdas(&p->schemes) && ok;
    p->schemes = before;
    return ok;
}

const char *project_look(const struct project *p, const struct node *setting, const char *name,
                         enum file_kind *kind)
{
    const struct root root = {p->dir, EXIT_OTHER};
    const char *path = path_of(p, setting, name);
    if (root_look(&root, path, kind))
        return path;
    diag_note(setting->pos, "it is named here");
    return NULL;
}

void project_input(struct project *p, const char *path, struct file_stamp stamp)
{
    size_t n = p->ninputs;
    array_push(p->arena, p->input_stamps, n, stamp);
    array_push(p->arena, p->inputs, p->ninputs, path);
}

bool project_load_file(struct project *p, const struct node *setting, const struct node **node)
{
    size_t first = p->schemes.count;
    if (!load_words(p, setting, path_of(p, setting, setting->text), node))
        return false;
    array_push(p->arena, p->documents, p->ndocuments, *node);
    const struct node_schemes added = {p->schemes.nodes + first, p->schemes.count - first};
    return resolve_texts(p, &added);
}

const char *project_folder(struct arena *arena, const char *path)
{
    return file_look(path) == FILE_FOLDER ? arena_strdup(arena, path) : path_dir(arena, path);
}

struct project *project_load(struct arena *arena, const char *path)
{
    struct project *p = arena_alloc(arena, sizeof *p);
    p->arena = arena;
    p->dir = project_folder(arena, path);
    p->file = file_look(path) == FILE_FOLDER ? path_join(arena, path, "settings.yml")
                                             : arena_strdup(arena, path);
    p->parameters = project_parameters(arena, p->dir, &p->nparameters);
    if (!load_settings(p, p->dir, p->file, &p->settings))
        return NULL;
    if (!p->settings) {
        diag_error(EXIT_OTHER, (struct pos){.file = p->file}, "there is no such settings file");
        return NULL;
    }
    bool ok = schema_check_top(project_fields, countof(project_fields), p->settings, "a project");
    ok = check_required(p) && ok;
    p->name = project_text(p, "project", "");
    p->code_bucket = node_get(p->settings, "code-bucket");
    p->default_region = project_text(p, "default-region", "us-east-1");
    ok = ok && project_check(p->settings);
    ok = load_apps(p) && ok;
    return load_fragments(p) && resolve_texts(p, &p->schemes) && ok ? p : NULL;
}

const struct node *app_get(const struct app *app, const char *key)
{
    const struct node *value = node_get(app->override, key);
    return value ? value : node_get(app->settings, key);
}

struct pos project_place_of_ref(const struct project *project, const char *name)
{
    for (size_t i = 0; i < project->napps; i++) {
        const struct app *app = &project->apps[i];
        const struct node *node = node_find_ref(app->override, name);
        node = node ? node : node_find_ref(app->settings, name);
        if (node)
            return node->pos;
    }
    for (size_t i = 0; i < project->nfragments; i++) {
        const struct node *node = node_find_ref(project->fragments[i].node, name);
        if (node)
            return node->pos;
    }
    for (size_t i = 0; i < project->ndocuments; i++) {
        const struct node *node = node_find_ref(project->documents[i], name);
        if (node)
            return node->pos;
    }
    return (struct pos){.file = project->file};
}

const char *project_text(const struct project *project, const char *key, const char *fallback)
{
    const char *text = node_text(node_get(project->settings, key));
    return text ? text : fallback;
}

const char *project_extra(const struct project *project, const struct app *app,
                          const struct node *own, const char *key)
{
    const char *parts[] = {project_text(project, key, NULL),
                           app->settings == project->settings ? NULL : node_text(app_get(app, key)),
                           node_text(node_get(own, key))};
    const char *all = "";
    for (size_t i = 0; i < countof(parts); i++)
        if (parts[i] && *parts[i])
            all = arena_printf(project->arena, "%s%s%s", all, *all ? " " : "", parts[i]);
    return all;
}
