#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/go_files.h"
#include "languages/go_module.h"
#include "sources/collect.h"
#include "sources/package.h"

enum { DEPTH_MAX = 64 }; /* nested folders */

struct files {
    struct arena *arena;
    const struct package *package;
    const struct go_module *module;
    struct collection *inputs;
};

/* Compares the paths in the project, because `path` is a real one. */
static bool is_left_out(const struct files *files, const char *path)
{
    const struct left_out *out = files->inputs->left_out;
    const char *name = path_below(files->module->root, path);
    for (const char *const *skip = out ? out->paths : NULL; skip && *skip; skip++)
        if (strcmp(path_below(files->package->root, *skip), name) == 0)
            return true;
    return false;
}

/* What of a folder is noted. */
struct depth {
    bool hidden, files;
    int rest;
};

/* Notes a folder and those in it. Follows no links, as Go. */
static void note_folder(const struct files *files, const char *path, struct depth depth)
{
    struct stat st;
    size_t n = 0;
    if (lstat(path, &st) != 0 || is_left_out(files, path))
        return;
    if (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && depth.files))
        collect_input(files->inputs, path);
    if (!S_ISDIR(st.st_mode) || !depth.rest--)
        return;
    char **names = file_list(files->arena, path, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], ".git") != 0 && (!depth.files || !str_ends(names[i], "_test.go")) &&
            (depth.hidden || !strchr("._", names[i][0])))
            note_folder(files, path_join(files->arena, path, names[i]), depth);
}

/* Notes the folders in which a file may appear that a pattern of //go:embed takes: a pattern is a
 * path with wildcards, and takes folders whole (package embed). */
static void note_pattern(const struct files *files, const char *folder, const char *pattern)
{
    static const char all[] = "all:";
    bool hidden = str_starts(pattern, all);
    const char *path = pattern + (hidden ? strlen(all) : 0);
    size_t wild = strcspn(path, "*?[\\");
    while (path[wild] && wild && path[wild - 1] != '/')
        wild--;
    note_folder(files, path_join(files->arena, folder, arena_strndup(files->arena, path, wild)),
                (struct depth){.hidden = hidden, .rest = DEPTH_MAX});
}

/* Notes the files that a key of a package lists. */
static bool note_files(const struct files *files, const char *folder, const json_t *names)
{
    const struct root root = {files->module->root, EXIT_BUILD};
    struct collection checked = {.arena = files->arena, .left_out = files->inputs->left_out};
    size_t i;
    json_t *name;
    bool ok = true, there;
    json_array_foreach(names, i, name) {
        const char *path =
            path_join(files->arena, folder, arena_strdup(files->arena, json_string_value(name)));
        ok = root_has(&root, path, &there) && collect_file(&checked, path, path) && ok;
        collect_links(files->inputs, path, files->module->root);
        collect_input(files->inputs, path);
    }
    return ok;
}

static bool note_package(const struct files *files, const json_t *package)
{
    static const char *const keys[] = {
        "GoFiles", "CgoFiles",  "CFiles",         "CXXFiles",          "HFiles",
        "SFiles",  "SysoFiles", "IgnoredGoFiles", "IgnoredOtherFiles", "EmbedFiles"};
    const char *folder = json_string_value(json_object_get(package, "Dir"));
    size_t i;
    json_t *pattern;
    if (!folder || json_is_true(json_object_get(package, "Standard")) ||
        !path_within(folder, files->module->root))
        return true;
    folder = arena_strdup(files->arena, folder);
    collect_input(files->inputs, folder);
    json_array_foreach(json_object_get(package, "EmbedPatterns"), i, pattern)
        note_pattern(files, folder, json_string_value(pattern));
    bool ok = true;
    for (size_t k = 0; k < countof(keys); k++)
        ok = note_files(files, folder, json_object_get(package, keys[k])) && ok;
    return ok;
}

static bool check_program(const struct files *files, const char *name)
{
    const struct package *package = files->package;
    return strcmp(name, "main") == 0 ||
           diag_error(EXIT_BUILD, package->pos,
                      "%s is no program of Go: its package is '%s'; 'code' must name the folder of "
                      "a package 'main'",
                      package->reference, name);
}

bool go_files_listed(struct arena *arena, const struct package *package,
                     const struct go_module *module, const char *json, size_t len,
                     struct collection *inputs)
{
    const struct files files = {arena, package, module, inputs};
    const char *last = "";
    bool ok = true;
    for (const char *end = json + len; json < end && strchr(json, '{');) {
        json_error_t error;
        json_t *one = json_loadb(json, (size_t)(end - json), JSON_DISABLE_EOF_CHECK, &error);
        if (!one)
            return diag_error(EXIT_BUILD, package->pos,
                              "the files of %s are not known: go list printed no JSON: %s",
                              package->reference, error.text);
        const char *name = json_string_value(json_object_get(one, "Name"));
        last = name ? arena_strdup(arena, name) : "";
        ok = note_package(&files, one) && ok;
        json_decref(one);
        json += error.position;
    }
    return ok && check_program(&files, last);
}

void go_files_all(struct arena *arena, const struct package *package,
                  const struct go_module *module, struct collection *inputs)
{
    const struct files files = {arena, package, module, inputs};
    const struct depth depth = {.files = true, .rest = DEPTH_MAX};
    if (!module->module && package->kind == FILE_FOLDER)
        note_folder(&files, module->folder, depth);
    else if (!module->module)
        collect_input(inputs, package->code);
    for (size_t i = 0; i < module->nlocal; i++)
        note_folder(&files, module->local[i], depth);
    if (module->module && module->vendored)
        note_folder(&files,
                    path_join(arena, module->work ? module->work : module->module, "vendor"),
                    depth);
}
