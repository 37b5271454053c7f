#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "languages/python_lock.h"
#include "languages/requirements.h"
#include "languages/toml.h"
#include "sources/package.h"

static const char pyproject[] = "pyproject.toml";

/* Reads a TOML file and notes it. `*there` may be NULL if it must exist. */
static bool read_toml(struct requirements *r, const char *folder, const char *name,
                      struct toml *toml, bool *there)
{
    const char *path = path_join(r->arena, folder, name);
    size_t len;
    char *text;
    *toml = (struct toml){0};
    if (!root_read(r->arena, &r->root, path, &text, &len))
        return false;
    if (there)
        *there = text != NULL;
    if (text)
        requirements_note_file(r, path);
    return !text || toml_read(r->arena, path, text, r->quiet, toml);
}

static bool note_pyproject(struct requirements *r, const char *folder)
{
    struct toml toml;
    return read_toml(r, folder, pyproject, &toml, NULL);
}

/* A local package or file. The project itself is not installed. */
static bool add_local(struct requirements *r, struct pos pos, const char *path)
{
    while (str_starts(path, "./"))
        path += 2;
    if (!*path || strcmp(path, ".") == 0)
        return true;
    return requirements_add_path(r, pos, path);
}

/* --- lock files --------------------------------------------------------------------------- */

bool python_lock_uv(struct requirements *r, const char *folder)
{
    static const char *const local[] = {"package.source.editable", "package.source.directory",
                                        "package.source.path"};
    struct toml toml;
    bool ok = read_toml(r, folder, "uv.lock", &toml, NULL) && note_pyproject(r, folder);
    for (size_t i = 0; ok && i < toml.n; i++) {
        const struct toml_value *value = &toml.values[i];
        if (str_one_of(value->path, local, countof(local)))
            ok = add_local(r, value->pos, value->text);
        else if (strcmp(value->path, "package.source.registry") == 0)
            ok = requirements_add_index(r, value->pos, value->text);
    }
    return ok;
}

bool python_lock_poetry(struct requirements *r, const char *folder)
{
    struct toml toml;
    const char *type = "";
    bool ok = read_toml(r, folder, "poetry.lock", &toml, NULL) && note_pyproject(r, folder);
    for (size_t i = 0; ok && i < toml.n; i++) {
        const struct toml_value *value = &toml.values[i];
        if (strcmp(value->path, "package.source.type") == 0)
            type = value->text;
        if (strcmp(value->path, "package.name") == 0)
            type = "";
        if (strcmp(value->path, "package.source.url") == 0 &&
            (strcmp(type, "directory") == 0 || strcmp(type, "file") == 0))
            ok = add_local(r, value->pos, value->text);
    }
    return ok;
}

bool python_lock_pylock(struct requirements *r, const char *folder)
{
    struct toml toml;
    bool ok = read_toml(r, folder, "pylock.toml", &toml, NULL);
    for (size_t i = 0; ok && i < toml.n; i++)
        if (str_starts(toml.values[i].path, "packages.") && str_ends(toml.values[i].path, ".path"))
            ok = add_local(r, toml.values[i].pos, toml.values[i].text);
    return ok;
}

bool python_lock_pipenv(struct requirements *r, const char *folder)
{
    const char *path = path_join(r->arena, folder, "Pipfile.lock"), *name;
    const char *pipfile = path_join(r->arena, folder, "Pipfile");
    const struct pos pos = {.file = path};
    bool there = false, ok = true;
    json_error_t error;
    size_t len;
    char *text;
    if (!root_read(r->arena, &r->root, path, &text, &len) || !root_has(&r->root, pipfile, &there))
        return false;
    json_t *json = text ? json_loads(text, 0, &error) : NULL, *entry;
    requirements_note_file(r, path);
    if (there)
        requirements_note_file(r, pipfile);
    json_object_foreach(json_object_get(json, "default"), name, entry) {
        const char *local = json_string_value(json_object_get(entry, "path"));
        const char *file = json_string_value(json_object_get(entry, "file"));
        local = local ? local : file && !strstr(file, "://") ? file : NULL;
        ok = (!local || add_local(r, pos, arena_strdup(r->arena, local))) && ok;
    }
    json_decref(json);
    return ok && (json || !text || diag_error(EXIT_BUILD, pos, "this is not JSON: %s", error.text));
}

/* --- pyproject.toml ----------------------------------------------------------------------- */

/* Tables by which another tool takes packages from elsewhere: pip would install public packages of
 * their names. */
static const struct redirect {
    const char *table, *advice;
} redirects[] = {
    {"tool.uv.sources", "uv lock"},        {"tool.uv.workspace", "uv lock"},
    {"tool.uv.index", "uv lock"},          {"tool.poetry.dependencies", "poetry lock"},
    {"tool.poetry.source", "poetry lock"},
};

/* Whether the file has such a table, as a header or by dotted keys; sets its place. */
static bool has_table(const struct toml *toml, const char *path, struct pos *pos)
{
    const struct toml_table *table = toml_table(toml, path);
    const char *below = NULL;
    for (size_t i = 0; !table && i < toml->n && !below; i++)
        if (str_starts(toml->values[i].path, path) && toml->values[i].path[strlen(path)] == '.') {
            below = path;
            *pos = toml->values[i].pos;
        }
    if (table)
        *pos = table->pos;
    return table || below;
}

bool python_lock_pyproject(struct requirements *r, const char *folder)
{
    struct toml toml;
    bool ok = read_toml(r, folder, pyproject, &toml, NULL);
    for (size_t i = 0; ok && !r->quiet && i < countof(redirects); i++) {
        struct pos pos;
        if (has_table(&toml, redirects[i].table, &pos))
            ok =
                diag_error(EXIT_BUILD, pos,
                           "pip does not read [%s], and would install other packages; write a lock "
                           "file by '%s'",
                           redirects[i].table, redirects[i].advice);
    }
    for (size_t i = 0; ok && i < toml.n; i++) {
        const struct toml_value *value = &toml.values[i];
        if (strcmp(value->path, "project.dependencies") == 0)
            ok = requirements_add(r, value->pos, value->text) && ok;
        if (!r->quiet && strcmp(value->path, "project.dynamic") == 0 &&
            strcmp(value->text, "dependencies") == 0)
            ok = diag_error(EXIT_BUILD, value->pos,
                            "the dependencies are not in this file; write them to "
                            "requirements.txt, or write a lock file by 'uv lock'");
    }
    return ok;
}

const char *python_lock_workspace(struct arena *arena, const char *root, const char *code,
                                  bool quiet)
{
    const char *dir = path_within(code, root) ? code : NULL;
    while (dir && (dir = path_above(arena, dir, root))) {
        struct requirements r = requirements_new(arena, root, dir);
        struct toml toml;
        bool there = false;
        struct pos pos;
        r.quiet = quiet;
        if (root_has(&r.root, path_join(arena, dir, "uv.lock"), &there) && there &&
            read_toml(&r, dir, pyproject, &toml, NULL) &&
            has_table(&toml, "tool.uv.workspace", &pos))
            return dir;
    }
    return NULL;
}
