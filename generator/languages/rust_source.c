#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/rust_source.h"
#include "languages/toml_text.h"
#include "sources/collect.h"
#include "sources/mirror.h"
#include "sources/package.h"

static const char cargo_toml[] = "Cargo.toml";

struct search {
    struct arena *arena;
    const struct package *package;
    struct collection *files;
    struct rust_source *source;
    const char **folders; /* that were added, with all below */
    size_t nfolders;
    size_t done; /* the entries of `files` whose paths were followed */
};

static bool read_text(const struct search *search, const char *path, char **text)
{
    const struct root root = {search->package->root, EXIT_BUILD};
    size_t len;
    return root_read(search->arena, &root, path, text, &len);
}

static bool add_folder(struct search *search, const char *folder)
{
    const char *const built[] = {path_join(search->arena, folder, "target"),
                                 path_join(search->arena, search->package->code, "target"), NULL};
    for (size_t i = 0; i < search->nfolders; i++)
        if (path_within(folder, search->folders[i]))
            return true;
    array_push(search->arena, search->folders, search->nfolders, folder);
    return mirror_add_folder(search->arena, search->package, folder, built, search->files);
}

/* The nearest folder with a manifest that has [workspace], from `folder` upwards to the root of the
 * project, or NULL. Cargo decides whether the package is a member. */
static bool find_workspace(struct search *search, const char *folder, const char **found)
{
    *found = NULL;
    const char *root = search->package->root, *dir = path_within(folder, root) ? folder : NULL;
    for (; dir; dir = path_above(search->arena, dir, root)) {
        char *text;
        if (!read_text(search, path_join(search->arena, dir, cargo_toml), &text))
            return false;
        if (text && toml_has_table(search->arena, text, "workspace")) {
            *found = dir;
            return true;
        }
    }
    return true;
}

/* Adds a package with its workspace. */
static bool add_package(struct search *search, const char *folder)
{
    const char *workspace;
    if (!find_workspace(search, folder, &workspace))
        return false;
    if (!search->source->workspace)
        search->source->workspace = workspace ? workspace : folder;
    return (!workspace || add_folder(search, workspace)) && add_folder(search, folder);
}

/* --- paths in manifests --------------------------------------------------------------------- */

/* Whether a text in a manifest names a file or folder. */
static bool is_path(const struct toml_value *value)
{
    static const char *const keys[] = {"path", "workspace", "directory"};
    for (size_t i = 0; i < countof(keys); i++)
        if (strcmp(value->key, keys[i]) == 0)
            return true;
    return strcmp(value->key, "build") == 0 && str_ends(value->value, ".rs");
}

static bool fail_outside(const char *file, const struct toml_value *value, const char *path)
{
    struct pos pos = {.file = file, value->line, value->column, value->length};
    return diag_error(EXIT_BUILD, pos,
                      "this leads out of the project, to %s; move it into the project, or publish "
                      "it and name its version",
                      path);
}

static bool follow(struct search *search, const char *file, const struct toml_value *value)
{
    struct arena *arena = search->arena;
    const struct root root = {search->package->root, EXIT_BUILD};
    const char *base = path_dir(arena, file);
    if (strcmp(path_base(base), ".cargo") == 0) /* paths in config.toml start above its folder */
        base = path_dir(arena, base);
    const char *path = path_absolute(arena, path_join(arena, base, value->value));
    enum file_kind kind;
    if (!path_within(path, search->package->root))
        return fail_outside(file, value, path);
    if (!root_look(&root, path, &kind))
        return false;
    if (kind == FILE_FOLDER)
        return add_package(search, path);
    return kind == FILE_MISSING || /* cargo reports it, if it needs it */
           mirror_add_file(search->package, path, search->files);
}

static void note_settings(struct search *search, const char *text)
{
    struct rust_source *source = search->source;
    source->musl = source->musl || strstr(text, "-unknown-linux-musl\"");
    source->linker = source->linker || strstr(text, "linker");
}

static bool is_config(const char *name)
{
    return str_ends(name, ".cargo/config.toml") || str_ends(name, ".cargo/config");
}

/* Follows the paths in one of the files, if it is a manifest or configuration of cargo. */
static bool follow_file(struct search *search, const char *path)
{
    size_t n;
    char *text;
    bool config = is_config(path), toolchain = str_starts(path_base(path), "rust-toolchain");
    if (!config && !toolchain && strcmp(path_base(path), cargo_toml) != 0)
        return true;
    if (!read_text(search, path, &text))
        return false;
    if (text && (config || toolchain))
        note_settings(search, text);
    const struct toml_value *values = text ? toml_values(search->arena, text, &n) : NULL;
    bool ok = true;
    for (size_t i = 0; values && i < n; i++)
        ok = (!is_path(&values[i]) || follow(search, path, &values[i])) && ok;
    return ok;
}

/* Vendored packages name files of their own only. */
static bool is_vendored(const struct search *search, const struct pack_entry *entry)
{
    const char *sums =
        path_join(search->arena, path_dir(search->arena, entry->source), ".cargo-checksum.json");
    return file_look(sums) != FILE_MISSING;
}

static bool follow_all(struct search *search)
{
    bool ok = true;
    for (; search->done < search->files->nentries; search->done++) {
        const struct pack_entry *entry = &search->files->entries[search->done];
        bool manifest = strcmp(path_base(entry->name), cargo_toml) == 0;
        if (!manifest || !is_vendored(search, entry))
            ok = follow_file(search, entry->source) && ok;
    }
    return ok;
}

/* --- what is above ---------------------------------------------------------------------------- */

/* Adds the configuration of cargo and rustup in the folders from `folder` up to the project's root.
 */
static bool add_settings(struct search *search, const char *folder)
{
    static const char *const names[] = {".cargo/config.toml", ".cargo/config",
                                        "rust-toolchain.toml", "rust-toolchain"};
    return mirror_add_above(search->arena, search->package, folder, names, countof(names),
                            search->files);
}

bool rust_source_find(struct arena *arena, const struct package *package, struct collection *files,
                      struct rust_source *source)
{
    struct search search = {.arena = arena, .package = package, .files = files, .source = source};
    *source = (struct rust_source){0};
    bool ok = add_package(&search, package->code) && add_settings(&search, package->code) &&
              follow_all(&search);
    collect_sort(files);
    return ok;
}
