#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "sources/collect.h"
#include "sources/mirror.h"
#include "sources/package.h"

/* The same as `out`, and the folders `without`. */
static const struct left_out *more_left_out(struct arena *arena, const struct left_out *out,
                                            const char *const *without)
{
    struct left_out *more = arena_alloc(arena, sizeof *more);
    const char **paths = NULL;
    size_t n = 0;
    *more = out ? *out : (struct left_out){0};
    for (const char *const *path = more->paths; path && *path; path++)
        array_push(arena, paths, n, *path);
    for (const char *const *path = without; path && *path; path++)
        array_push(arena, paths, n, *path);
    array_push(arena, paths, n, NULL);
    more->paths = paths;
    return more;
}

bool mirror_add_folder(struct arena *arena, const struct package *package, const char *folder,
                       const char *const *without, struct collection *files)
{
    struct collection found = {.arena = arena,
                               .left_out = more_left_out(arena, files->left_out, without),
                               .stamped = files->stamped};
    const char *name = strcmp(folder, package->root) ? path_below(package->root, folder) : "";
    bool ok = collect_dir(&found, folder, package->root);
    for (size_t i = 0; i < found.nentries; i++) {
        found.entries[i].name = path_join(arena, name, found.entries[i].name);
        array_push(arena, files->entries, files->nentries, found.entries[i]);
    }
    collect_inputs_of(files, &found);
    return ok;
}

bool mirror_add_file(const struct package *package, const char *path, struct collection *files)
{
    const struct root root = {package->root, EXIT_BUILD};
    bool there;
    if (!root_has(&root, path, &there))
        return false;
    collect_links(files, path, package->root);
    return !there || collect_file(files, path, path_below(package->root, path));
}

bool mirror_add_above(struct arena *arena, const struct package *package, const char *folder,
                      const char *const *names, size_t n, struct collection *files)
{
    const char *root = package->root, *dir = path_within(folder, root) ? folder : NULL;
    bool ok = true;
    for (; dir; dir = path_above(arena, dir, root))
        for (size_t i = 0; i < n; i++)
            ok = mirror_add_file(package, path_join(arena, dir, names[i]), files) && ok;
    return ok;
}

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* Removes below the folder `to` what is in no path of the table. `relative` is "" or ends with a
 * '/'. */
static bool remove_others(struct arena *arena, const struct table *paths, const char *to,
                          const char *relative)
{
    size_t n;
    const char *folder = path_join(arena, to, relative);
    char **names = file_list(arena, folder, &n);
    if (!names)
        return errno == ENOENT || fail(folder, "cannot be read");
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const char *name = arena_printf(arena, "%s%s", relative, names[i]);
        const char *path = path_join(arena, to, name);
        const char *kind = table_get(paths, name);
        enum file_kind is = file_look(path);
        bool same = kind && (*kind == 'd') == (is == FILE_FOLDER);
        if (!same)
            ok = (remove_path(path) || fail(path, "cannot be removed")) && ok;
        else if (is == FILE_FOLDER)
            ok = remove_others(arena, paths, to, arena_printf(arena, "%s/", name)) && ok;
    }
    return ok;
}

/* Adds the names of the files to the table, and of the folders that hold them. */
static void add_paths(struct arena *arena, const struct collection *files, struct table *paths)
{
    for (size_t i = 0; i < files->nentries; i++) {
        const char *name = files->entries[i].name;
        for (const char *slash = name; (slash = strchr(slash, '/')); slash++)
            table_set(arena, paths, arena_strndup(arena, name, (size_t)(slash - name)), "d");
        table_set(arena, paths, name, "f");
    }
}

bool mirror_write(struct arena *arena, const struct collection *files, const char *to)
{
    struct table paths = {0};
    add_paths(arena, files, &paths);
    return remove_others(arena, &paths, to, "") &&
           collect_copy(arena, files->entries, files->nentries, to);
}
