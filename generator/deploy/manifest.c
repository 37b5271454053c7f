#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "archive/tar.h"
#include "base/file.h"
#include "deploy/manifest.h"
#include "settings/names.h"
#include "template/cfn.h"

enum { FORMAT = 1 }; /* of releases; another version of gordon may have another one */

/* --- writing ------------------------------------------------------------------------------ */

static json_t *files_json(const struct manifest *m)
{
    json_t *files = json_array();
    for (size_t i = 0; i < m->nfiles; i++)
        json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "path", m->files[i].name, "size",
                                               (json_int_t)m->files[i].size, "sha256",
                                               m->files[i].sha256));
    return files;
}

static json_t *places_json(const struct manifest_place *places, size_t n)
{
    json_t *json = json_object();
    for (size_t i = 0; i < n; i++) {
        const struct pos *pos = &places[i].pos;
        json_object_set_new(json, places[i].name,
                            json_sprintf("%s:%d:%d", pos->file, pos->line, pos->column));
    }
    return json;
}

/* clang-format off */
static json_t *manifest_json(const struct manifest *m)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:s*, s:s, s:s*, s:o, s:{s:o, s:o}}",
        "format", FORMAT,
        "gordon", GORDON_VERSION,
        "project", m->project,
        "stage", m->stage,
        "region", m->region,
        "default-region", m->default_region,
        "aws-account-id", m->account,
        "files", files_json(m),
        "places",
            "resources", places_json(m->resources, m->nresources),
            "parameters", places_json(m->parameters, m->nparameters));
}
/* clang-format on */

bool manifest_write(const char *path, const struct manifest *m)
{
    json_t *json = manifest_json(m);
    bool ok = json ? cfn_write(path, json)
                   : diag_error(EXIT_OTHER, (struct pos){.file = path}, "a name is not UTF-8");
    json_decref(json);
    return ok;
}

/* --- reading ------------------------------------------------------------------------------ */

struct reader {
    struct arena *arena;
    const char *release;
};

static bool fail(const struct reader *r, const char *what)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = r->release},
                      "this is no release that gordon wrote: " MANIFEST_NAME " has %s", what);
}

/* Returns a text in the arena; NULL if it is missing or not `is_right`. */
static const char *text(const struct reader *r, const json_t *json, const char *key,
                        bool (*is_right)(const char *text))
{
    const char *value = json_string_value(json_object_get(json, key));
    return value && is_right(value) ? arena_strdup(r->arena, value) : NULL;
}

static bool is_project(const char *name)
{
    return str_is_made_of(name, STR_ALNUM "-");
}

static bool is_account(const char *account)
{
    return *account != '\0';
}

static bool is_sha256(const char *hex)
{
    return strlen(hex) == SHA256_HEX - 1 && str_is_made_of(hex, STR_DIGITS "abcdef");
}

/* A release names no file outside of itself. */
static bool is_path(const char *path)
{
    return !path_relative_fault(path);
}

static bool read_head(const struct reader *r, const json_t *json, struct manifest *m)
{
    json_int_t format = json_integer_value(json_object_get(json, "format"));
    const json_t *version = json_object_get(json, "gordon");
    if (format != FORMAT)
        return diag_error(EXIT_OTHER, (struct pos){.file = r->release},
                          "this release has the format %lld, and gordon %s knows format %d; apply "
                          "it with the gordon that wrote it, %s",
                          (long long)format, GORDON_VERSION, FORMAT,
                          json_is_string(version) ? json_string_value(version) : "another one");
    m->project = text(r, json, "project", is_project);
    m->stage = text(r, json, "stage", name_is_stage);
    m->default_region = text(r, json, "default-region", name_is_region);
    m->region = text(r, json, "region", name_is_region);
    m->account = text(r, json, "aws-account-id", is_account);
    if (!m->project || !m->stage || !m->default_region)
        return fail(r, "no project, stage or region");
    if ((json_object_get(json, "region") && !m->region) ||
        (json_object_get(json, "aws-account-id") && !m->account))
        return fail(r, "an invalid region or account");
    return true;
}

static bool read_files(const struct reader *r, const json_t *json, struct manifest *m)
{
    struct tar_file *files = NULL;
    const json_t *list = json_object_get(json, "files");
    size_t i;
    json_t *entry;
    json_array_foreach((json_t *)list, i, entry) {
        const json_t *size = json_object_get(entry, "size");
        const char *sha256 = text(r, entry, "sha256", is_sha256);
        struct tar_file file = {.name = text(r, entry, "path", is_path)};
        if (!file.name || !sha256 || !json_is_integer(size) || json_integer_value(size) < 0)
            return fail(r, "a file without path, size or SHA-256");
        file.size = (uint64_t)json_integer_value(size);
        memcpy(file.sha256, sha256, SHA256_HEX);
        array_push(r->arena, files, m->nfiles, file);
    }
    m->files = files;
    return m->nfiles || fail(r, "no files");
}

/* "file:line:column" */
static bool read_place(const struct reader *r, const char *value, struct pos *pos)
{
    char *file = arena_strdup(r->arena, value), *column = strrchr(file, ':');
    if (!column)
        return false;
    *column++ = '\0';
    char *line = strrchr(file, ':');
    if (!line)
        return false;
    *line++ = '\0';
    long at_line = strtol(line, NULL, 10), at_column = strtol(column, NULL, 10);
    if (at_line < 1 || at_line > INT_MAX || at_column < 1 || at_column > INT_MAX)
        return false;
    *pos = (struct pos){file, (int)at_line, (int)at_column, 1};
    return is_path(file);
}

static bool read_places(const struct reader *r, json_t *json, const struct manifest_place **out,
                        size_t *n)
{
    struct manifest_place *places = NULL;
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value) {
        struct manifest_place place = {.name = arena_strdup(r->arena, name)};
        if (!json_is_string(value) || !read_place(r, json_string_value(value), &place.pos))
            return fail(r, "an invalid place");
        array_push(r->arena, places, *n, place);
    }
    *out = places;
    return true;
}

bool manifest_read(struct arena *arena, const char *path, const char *release, struct manifest *m)
{
    const struct reader r = {arena, release};
    json_error_t error;
    json_t *json = cfn_read(path, JSON_REJECT_DUPLICATES, &error);
    const json_t *places = json_object_get(json, "places");
    *m = (struct manifest){0};
    bool ok = json || fail(&r, error.text);
    ok = ok && read_head(&r, json, m) && read_files(&r, json, m) &&
         read_places(&r, json_object_get(places, "resources"), &m->resources, &m->nresources) &&
         read_places(&r, json_object_get(places, "parameters"), &m->parameters, &m->nparameters);
    json_decref(json);
    return ok;
}
