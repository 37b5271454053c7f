#include <jansson.h>
#include <string.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/rust_program.h"
#include "languages/toml_text.h"
#include "sources/collect.h"
#include "sources/package.h"

struct choice {
    struct arena *arena;
    const struct package *package;
    struct rust_program *found;
    struct buf names; /* of all programs, for messages */
    size_t count, best;
    bool clear; /* no other program fits as well */
};

static const char *text_of(struct arena *arena, const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? arena_strdup(arena, text) : "";
}

/* A name of a program is also written with '_' for '-'. */
static bool same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
            return false;
    return *a == *b;
}

/* How well a program fits; 0: only if there is no other. */
static size_t rank_of(const struct choice *choice, const json_t *crate, const char *name)
{
    const struct package *package = choice->package;
    if (same_name(name, package->name))
        return 2;
    return strcmp(name, text_of(choice->arena, crate, "default_run")) == 0;
}

static void consider(struct choice *choice, const json_t *crate, const char *name)
{
    size_t rank = rank_of(choice, crate, name);
    buf_printf(&choice->names, "%s%s", choice->count ? ", " : "", name);
    if (!choice->count || rank > choice->best) {
        choice->best = rank;
        choice->found->manifest = text_of(choice->arena, crate, "manifest_path");
        choice->found->name = name;
        choice->clear = true;
    } else if (rank == choice->best) {
        choice->clear = false;
    }
    choice->count++;
}

static bool is_program(const json_t *target)
{
    size_t i;
    json_t *kind;
    json_array_foreach(json_object_get(target, "kind"), i, kind)
        if (strcmp(json_string_value(kind) ? json_string_value(kind) : "", "bin") == 0)
            return true;
    return false;
}

static void consider_all(struct choice *choice, const json_t *crate)
{
    size_t i;
    json_t *target;
    json_array_foreach(json_object_get(crate, "targets"), i, target)
        if (is_program(target))
            consider(choice, crate, text_of(choice->arena, target, "name"));
}

static bool is_own(const struct choice *choice, const json_t *crate, const char *manifest)
{
    return strcmp(text_of(choice->arena, crate, "manifest_path"), manifest) == 0;
}

/* Considers the programs of the code's own package or, if its manifest is only that of a workspace,
 * those of all members. */
static void look_at(struct choice *choice, const json_t *json, const char *manifest)
{
    const json_t *packages = json_object_get(json, "packages");
    bool own = false;
    size_t i;
    json_t *crate;
    json_array_foreach(packages, i, crate)
        own = own || is_own(choice, crate, manifest);
    json_array_foreach(packages, i, crate)
        if (!own || is_own(choice, crate, manifest))
            consider_all(choice, crate);
}

static bool report(const struct choice *choice)
{
    const struct package *package = choice->package;
    const char *manifest = path_join(choice->arena, package->code, "Cargo.toml");
    if (!choice->count)
        diag_error(EXIT_BUILD, package->pos,
                   "%s has no program: its Cargo.toml has no [[bin]], "
                   "and there is no src/main.rs",
                   package->reference);
    else
        diag_error(EXIT_BUILD, package->pos,
                   "it is not clear which program of Cargo.toml %s is: %s; give the lambda the "
                   "name of one, or set 'default-run'",
                   package->reference, choice->names.data);
    diag_note((struct pos){.file = manifest}, "the manifest is here");
    return false;
}

bool rust_program_choose(struct arena *arena, const struct package *package, const char *manifest,
                         const char *json, size_t len, struct rust_program *program)
{
    struct choice choice = {.arena = arena, .package = package, .found = program};
    json_t *metadata = json_loadb(json, len, JSON_DISABLE_EOF_CHECK, NULL);
    *program = (struct rust_program){0};
    program->workspace = text_of(arena, metadata, "workspace_root");
    look_at(&choice, metadata, manifest);
    json_decref(metadata);
    bool ok = (choice.count && choice.clear) || report(&choice);
    buf_free(&choice.names);
    return ok;
}

/* --- inputs ----------------------------------------------------------------------------------- */

/* The next path of a rule in a dependency file, in which "\ " is a blank; NULL at the end. */
static char *next_path(struct arena *arena, const char **rest)
{
    struct buf path = {0};
    const char *c = *rest + strspn(*rest, " \r\n");
    for (; *c && !strchr(" \r\n", *c); c++) {
        if (*c == '\\' && c[1] == ' ')
            c++;
        buf_add(&path, c, 1);
    }
    char *text = path.len ? arena_strdup(arena, path.data) : NULL;
    buf_free(&path);
    *rest = c;
    return text;
}

/* The folder of the package that a file belongs to, by its name in the mirror: the nearest one that
 * is in `packages`. */
static const char *folder_of(struct arena *arena, const struct table *packages, const char *name)
{
    for (const char *dir = path_dir(arena, name);; dir = path_dir(arena, dir)) {
        if (table_get(packages, dir))
            return dir;
        if (strcmp(dir, ".") == 0)
            return NULL;
    }
}

/* The folders of all packages. */
static void find_packages(struct arena *arena, const struct collection *files,
                          struct table *packages)
{
    for (size_t i = 0; i < files->nentries; i++) {
        const struct pack_entry *entry = &files->entries[i];
        size_t len;
        if (strcmp(path_base(entry->name), "Cargo.toml") != 0)
            continue;
        const char *text = file_read_most(arena, entry->source, ROOT_READ_MAX, &len);
        if (text && toml_has_table(arena, text, "package"))
            table_set(arena, packages, path_dir(arena, entry->name), "");
    }
}

/* Adds the names of files in the dependency file, and of the folders of their packages. */
static void add_used(struct arena *arena, const struct collection *files, const char *mirror,
                     const char *depfile, struct table *used)
{
    size_t len;
    struct table packages = {0};
    const char *rest = file_read(arena, depfile, &len);
    find_packages(arena, files, &packages);
    for (char *path; rest && (path = next_path(arena, &rest));) {
        const char *whole = path_absolute(arena, path), *name = path_below(mirror, whole);
        if (name == whole)
            continue; /* a crate of the registry, or the target itself */
        table_set(arena, used, name, "");
        const char *folder = folder_of(arena, &packages, name);
        if (folder)
            table_set(arena, used, folder, "");
    }
}

/* Manifests, lock files and configuration decide for all packages of a workspace. */
static bool is_shared(const char *name)
{
    const char *base = path_base(name);
    return strcmp(base, "Cargo.toml") == 0 || strcmp(base, "Cargo.lock") == 0 ||
           str_starts(base, "rust-toolchain") || strstr(name, ".cargo/config");
}

static bool is_used(struct arena *arena, const struct table *used, const char *name)
{
    bool found = table_get(used, name) || table_get(used, ".");
    for (const char *slash = name; !found && (slash = strchr(slash, '/')); slash++)
        found = table_get(used, arena_strndup(arena, name, (size_t)(slash - name)));
    return found;
}

/* Adds the names of all files, and of the folders that hold them. */
static void add_names(struct arena *arena, const struct collection *files, struct table *names)
{
    for (size_t i = 0; i < files->nentries; i++) {
        const char *name = files->entries[i].name;
        table_set(arena, names, name, "");
        for (const char *slash = name; (slash = strchr(slash, '/')); slash++)
            table_set(arena, names, arena_strndup(arena, name, (size_t)(slash - name)), "");
    }
}

void rust_program_inputs(struct arena *arena, const struct collection *files, const char *root,
                         const char *mirror, const char *depfile, struct collection *inputs)
{
    struct table names = {0}, used = {0};
    struct collection kept = {.arena = arena, .stamped = files->stamped};
    add_names(arena, files, &names);
    add_used(arena, files, mirror, depfile, &used);
    for (size_t i = 0; i < files->ninputs; i++) {
        const char *name = path_below(root, files->inputs[i]);
        size_t n = kept.ninputs;
        if (used.count && table_get(&names, name) && !is_shared(name) &&
            !is_used(arena, &used, name))
            continue;
        array_push(arena, kept.inputs, kept.ninputs, files->inputs[i]);
        if (kept.stamped)
            array_push(arena, kept.stamps, n, files->stamps[i]);
    }
    collect_inputs_of(inputs, &kept);
}
