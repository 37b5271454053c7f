#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "archive/entry.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/node_tree.h"
#include "sources/collect.h"
#include "sources/package.h"

enum { DEPTH_MAX = 16 }; /* of folders in which a workspace has packages */

struct find {
    struct arena *arena;
    const struct package *package;
    const struct node_tool *tool;
    struct root root;
    struct node_tree *tree;
    struct table known; /* folders of packages that were found */
};

static const char manifest_name[] = "package.json";

/* Sets `*manifest` to NULL if the folder has none. */
static bool read_manifest(const struct find *f, const char *dir, struct node_manifest **manifest)
{
    const char *file = path_join(f->arena, dir, manifest_name);
    char *text;
    size_t len;
    *manifest = NULL;
    if (!root_read(f->arena, &f->root, file, &text, &len) || !text)
        return !text;
    *manifest = arena_alloc(f->arena, sizeof **manifest);
    if (!node_manifest_parse(f->arena, file, text, *manifest) ||
        !root_read(f->arena, &f->root, path_join(f->arena, dir, "pnpm-workspace.yaml"), &text,
                   &len))
        return false;
    if (text)
        node_manifest_pnpm(f->arena, text, *manifest);
    return true;
}

/* --- the workspace ------------------------------------------------------------------------ */

static const char *within(const char *path, const char *dir)
{
    return strcmp(path, dir) == 0 ? "" : path_below(dir, path);
}

static bool has_member(const struct find *f, const struct node_manifest *m, const char *path,
                       bool above)
{
    return node_workspace_has(f->arena, m->workspaces, m->nworkspaces, path, above);
}

static bool is_folder(const char *path)
{
    struct stat st; /* npm does not follow links here */
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool find_members(const struct find *f, struct node_unit *unit, const char *path, int depth)
{
    const char *dir = path_join(f->arena, unit->start, path);
    char **names;
    size_t n;
    bool ok = root_list(f->arena, &f->root, dir, &names, &n);
    for (size_t i = 0; ok && i < n && depth < DEPTH_MAX; i++) {
        const char *inner = path_join(f->arena, path, names[i]);
        const char *folder = path_join(f->arena, unit->start, inner);
        struct node_manifest *member = NULL;
        if (*names[i] == '.' || strcmp(names[i], "node_modules") == 0 || !is_folder(folder))
            continue;
        if (has_member(f, unit->manifest, inner, false))
            ok = read_manifest(f, folder, &member);
        if (member)
            array_push(f->arena, unit->members, unit->nmembers, member);
        if (ok && has_member(f, unit->manifest, inner, true))
            ok = find_members(f, unit, inner, depth + 1);
    }
    return ok;
}

static bool find_lock(const struct find *f, const char *dir, const char **lock)
{
    *lock = NULL;
    for (const char *const *name = f->tool->locks; *name && !*lock; name++) {
        bool there;
        if (!root_has(&f->root, path_join(f->arena, dir, *name), &there))
            return false;
        *lock = there ? *name : NULL;
    }
    return true;
}

const struct node_manifest *node_unit_member(const struct node_unit *unit, const char *name)
{
    for (size_t i = 0; i < unit->nmembers; i++)
        if (unit->members[i]->name && strcmp(unit->members[i]->name, name) == 0)
            return unit->members[i];
    return NULL;
}

/* A package with a lock file of its own, in a workspace without one, is installed by that, alone.
 * Then it can name no package of the workspace, because the registry's would be taken. */
static bool check_alone(const struct node_manifest *manifest, const struct node_unit *workspace)
{
    bool ok = true;
    for (size_t i = 0; i < manifest->ndependencies; i++) {
        const struct node_dependency *d = &manifest->dependencies[i];
        if (!d->replaces && !d->path && node_unit_member(workspace, d->name))
            ok = diag_error(EXIT_BUILD, d->pos,
                            "'%s' is a package of the workspace of %s, which has no lock file, and "
                            "the lock file here would take the registry's; write the lock file in "
                            "that folder, and remove this one",
                            d->name, workspace->manifest->file);
    }
    return ok;
}

/* Reports a folder above the project that has the package in its workspace. Nothing else that is
 * there is read. */
static bool check_above(const struct find *f, const struct node_manifest *manifest)
{
    for (const char *dir = f->package->root; *dir == '/' && dir[1];) {
        dir = path_dir(f->arena, dir);
        size_t len;
        const char *file = path_join(f->arena, dir, manifest_name);
        const char *text = file_read_most(f->arena, file, ROOT_READ_MAX, &len);
        struct node_manifest m;
        if (!text || !strstr(text, "\"workspaces\"") ||
            !node_manifest_parse(f->arena, file, text, &m))
            continue;
        if (has_member(f, &m, within(manifest->dir, dir), false))
            return diag_error(EXIT_BUILD, (struct pos){manifest->file, 1, 1, 1},
                              "this package is of the workspace of %s, which is outside of the "
                              "project; move settings.yml there, or exclude the package from that "
                              "workspace by a pattern with '!'",
                              file);
    }
    return true;
}

/* Sets `*top` to the manifest of the workspace that has the package, or to NULL. */
static bool find_workspace(const struct find *f, struct node_manifest *manifest,
                           struct node_manifest **top)
{
    const char *dir = manifest->dir, *root = f->package->root;
    *top = manifest->nworkspaces ? manifest : NULL;
    while (!*top) {
        if (strcmp(dir, root) == 0 || !path_within(dir, root))
            return check_above(f, manifest);
        struct node_manifest *m;
        dir = path_dir(f->arena, dir);
        if (!read_manifest(f, dir, &m))
            return false;
        if (m && has_member(f, m, within(manifest->dir, dir), false))
            *top = m;
    }
    return true;
}

/* --- where the tool runs ------------------------------------------------------------------ */

static struct node_unit *unit_at(const struct node_tree *tree, const char *start)
{
    for (size_t i = 0; i < tree->nunits; i++)
        if (strcmp(tree->units[i].start, start) == 0)
            return &tree->units[i];
    return NULL;
}

static struct node_unit *add_unit(const struct find *f, struct node_unit unit)
{
    array_push(f->arena, f->tree->units, f->tree->nunits, unit);
    return &f->tree->units[f->tree->nunits - 1];
}

/* Returns the unit that installs a package: its workspace's, or its own. NULL after an error. */
static struct node_unit *unit_of(const struct find *f, struct node_manifest *manifest)
{
    struct node_manifest *top;
    const char *own;
    if (!find_lock(f, manifest->dir, &own) || !find_workspace(f, manifest, &top))
        return NULL;
    struct node_unit alone = {.start = manifest->dir, .lock = own, .manifest = manifest};
    struct node_unit *there = top ? unit_at(f->tree, top->dir) : NULL;
    if (top && top->pnpm && strcmp(f->tool->name, "pnpm") != 0) {
        diag_error(EXIT_BUILD, (struct pos){manifest->file, 1, 1, 1},
                   "this package is of the pnpm workspace of %s, and %s would take the registry's "
                   "packages for those of the workspace; write pnpm-lock.yaml there, so that pnpm "
                   "installs",
                   top->dir, f->tool->name);
        return NULL;
    }
    if (!top)
        return add_unit(f, alone);
    if (!there) {
        struct node_unit workspace = {.start = top->dir, .manifest = top};
        if (!find_lock(f, top->dir, &workspace.lock) || !find_members(f, &workspace, "", 0))
            return NULL;
        if (top != manifest && own && !workspace.lock)
            return check_alone(manifest, &workspace) ? add_unit(f, alone) : NULL;
        there = add_unit(f, workspace);
    }
    if (top != manifest)
        array_push(f->arena, there->asked, there->nasked, within(manifest->dir, top->dir));
    return there;
}

/* --- packages that are named by path ------------------------------------------------------ */

static bool follow(struct find *f, size_t unit, const struct node_manifest *manifest);

/* npm runs node-gyp for a package that has this file. */
static bool is_compiled(const struct find *f, const char *dir, bool *is)
{
    return root_has(&f->root, path_join(f->arena, dir, "binding.gyp"), is);
}

/* Adds what a package outside of all units needs. */
static bool install_package(struct find *f, struct node_manifest *manifest)
{
    bool compiled;
    if (!is_compiled(f, manifest->dir, &compiled))
        return false;
    struct node_unit *unit = unit_of(f, manifest);
    if (!unit)
        return false;
    const struct node_manifest *top = unit->manifest;
    unit->whole =
        unit->whole || top->installs || (unit->nasked == 0 && (compiled || top->prepares));
    size_t index = (size_t)(unit - f->tree->units);
    return follow(f, index, manifest) && (top == manifest || follow(f, index, top));
}

static bool add_folder(struct find *f, size_t unit, const char *dir,
                       const struct node_dependency *d)
{
    struct node_manifest *manifest;
    if (table_set(f->arena, &f->known, dir, f))
        return true;
    if (!read_manifest(f, dir, &manifest))
        return false;
    if (!manifest && strncasecmp(d->spec, "link:", 5) != 0)
        return diag_error(EXIT_BUILD, d->pos, "'%s' is no package: %s has no package.json", d->name,
                          dir);
    array_push(f->arena, f->tree->folders, f->tree->nfolders, dir);
    if (!manifest)
        return true;
    return path_within(dir, f->tree->units[unit].start) ? follow(f, unit, manifest)
                                                        : install_package(f, manifest);
}

static bool add_path(struct find *f, size_t unit, const struct node_manifest *m,
                     const struct node_dependency *d)
{
    const char *path = path_absolute(f->arena, path_join(f->arena, m->dir, d->path));
    enum file_kind kind;
    if (*d->path == '~' || !path_within(path, f->package->root))
        return diag_error(EXIT_BUILD, d->pos,
                          "'%s' comes from %s, which is outside of the project %s; move it into "
                          "the project, or take a version of a registry",
                          d->name, *d->path == '~' ? d->path : path, f->package->root);
    if (!root_look(&f->root, path, &kind))
        return false;
    if (kind == FILE_MISSING)
        return diag_error(EXIT_BUILD, d->pos, "'%s': there is no file or folder %s", d->name, path);
    if (kind == FILE_FOLDER)
        return add_folder(f, unit, path, d);
    array_push(f->arena, f->tree->archives, f->tree->narchives, path);
    return true;
}

/* Protocols of specs that not every tool knows, or that name what is only on this machine. */
static bool check_protocol(const struct find *f, const struct node_dependency *d)
{
    static const char *const special[] = {
        "link:", "portal:", "workspace:", "catalog:", "patch:", "exec:", "git+file:", "git:file:"};
    for (size_t i = 0; i < countof(special); i++) {
        if (strncasecmp(d->spec, special[i], strlen(special[i])) != 0)
            continue;
        for (const char *const *known = f->tool->protocols; *known; known++)
            if (strcmp(*known, special[i]) == 0)
                return true;
        return diag_error(EXIT_BUILD, d->pos,
                          strstr(special[i], "file:")
                              ? "'%s': '%s' names a repository on this machine, so %s would "
                                "install something else elsewhere; write 'file:' and a folder of "
                                "the project, or a URL"
                              : "'%s': '%s' is not known to %s, which installs this package; write "
                                "'file:', or a lock file of the tool that knows it",
                          d->name, special[i], f->tool->name);
    }
    return true;
}

static bool follow(struct find *f, size_t unit, const struct node_manifest *manifest)
{
    bool ok = true;
    for (size_t i = 0; i < manifest->ndependencies; i++) {
        const struct node_dependency *d = &manifest->dependencies[i];
        const struct node_manifest *member =
            d->replaces ? NULL : node_unit_member(&f->tree->units[unit], d->name);
        if (!check_protocol(f, d))
            ok = false;
        else if (d->path)
            ok = add_path(f, unit, manifest, d) && ok;
        else if (member)
            ok = add_folder(f, unit, member->dir, d) && ok;
    }
    return ok;
}

/* --- all of it ---------------------------------------------------------------------------- */

/* The deepest folder that holds both. */
static const char *common(struct arena *arena, const char *a, const char *b)
{
    while (!path_within(b, a))
        a = path_dir(arena, a);
    return a;
}

static void find_base(const struct find *f)
{
    struct node_tree *tree = f->tree;
    tree->base = f->package->code;
    for (size_t i = 0; i < tree->nunits; i++)
        tree->base = common(f->arena, tree->base, tree->units[i].start);
    for (size_t i = 0; i < tree->nfolders; i++)
        tree->base = common(f->arena, tree->base, tree->folders[i]);
    for (size_t i = 0; i < tree->narchives; i++)
        tree->base = common(f->arena, tree->base, tree->archives[i]);
}

bool node_tree_find(struct arena *arena, const struct package *package,
                    const struct node_tool *tool, struct node_tree *tree)
{
    struct find f = {arena, package, tool, {package->root, EXIT_BUILD}, tree, {0}};
    *tree = (struct node_tree){0};
    if (!read_manifest(&f, package->code, &tree->manifest))
        return false;
    if (!tree->manifest) /* it was there when package_look looked */
        return diag_error(EXIT_BUILD, package->pos, "there is no package.json any more");
    table_set(arena, &f.known, package->code, &f);
    bool ok = install_package(&f, tree->manifest);
    const struct node_unit *unit = tree->units; /* a workspace in the code folder: all of it */
    for (size_t i = 0; ok && !unit->nasked && i < unit->nmembers; i++, unit = tree->units)
        ok = add_folder(&f, 0, unit->members[i]->dir, &(struct node_dependency){.spec = ""});
    if (ok)
        find_base(&f);
    return ok;
}

/* Adds a file, or the files of a folder, by its path in the base. Missing ones are skipped. */
static bool add(struct arena *arena, const struct package *package, const struct node_tree *tree,
                const char *path, struct collection *files, struct collection *inputs)
{
    const struct root root = {package->root, EXIT_BUILD};
    struct collection found = {.arena = arena, .left_out = files->left_out};
    enum file_kind kind;
    if (!root_look(&root, path, &kind))
        return false;
    if (kind == FILE_MISSING)
        return true;
    if (kind == FILE_REGULAR)
        return collect_file(files, path, within(path, tree->base));
    const char *prefix = within(path, tree->base);
    bool ok = collect_dir(&found, path, package->root);
    for (size_t i = 0; i < found.ninputs; i++)
        collect_input(inputs, found.inputs[i]);
    for (size_t i = 0; i < found.nentries; i++) {
        found.entries[i].name = path_join(arena, prefix, found.entries[i].name);
        array_push(arena, files->entries, files->nentries, found.entries[i]);
    }
    return ok;
}

/* What files->left_out has, and the node_modules of each package. */
static const struct left_out *left_out(struct arena *arena, const struct node_tree *tree,
                                       const struct left_out *before)
{
    struct left_out *out = arena_alloc(arena, sizeof *out);
    const char **dirs = NULL, **paths = NULL;
    size_t ndirs = 0, n = 0;
    array_push(arena, dirs, ndirs, tree->manifest->dir);
    for (size_t i = 0; i < tree->nunits; i++) {
        array_push(arena, dirs, ndirs, tree->units[i].start);
        for (size_t k = 0; k < tree->units[i].nmembers; k++)
            array_push(arena, dirs, ndirs, tree->units[i].members[k]->dir);
    }
    for (size_t i = 0; i < tree->nfolders; i++)
        array_push(arena, dirs, ndirs, tree->folders[i]);
    for (size_t i = 0; before && before->paths[i]; i++)
        array_push(arena, paths, n, before->paths[i]);
    for (size_t i = 0; i < ndirs; i++)
        array_push(arena, paths, n, path_join(arena, dirs[i], "node_modules"));
    array_push(arena, paths, n, NULL);
    *out = (struct left_out){paths, before ? before->parameters : NULL,
                             before ? before->nparameters : 0};
    return out;
}

/* Lists what is read of a unit. Notes what may change it. */
static void list_unit(struct arena *arena, const struct node_tool *tool,
                      const struct node_unit *unit, const char ***paths, size_t *n,
                      struct collection *inputs)
{
    for (const char *const *name = tool->files; *name; name++)
        array_push(arena, *paths, *n, path_join(arena, unit->start, *name));
    for (size_t i = 0; i < unit->nasked; i++)
        array_push(arena, *paths, *n,
                   path_join(arena, path_join(arena, unit->start, unit->asked[i]), manifest_name));
    for (size_t i = 0; i < unit->nmembers; i++) { /* one may get a name that another package has */
        collect_input(inputs, unit->members[i]->file);
        if (tool->many)
            array_push(arena, *paths, *n, unit->members[i]->file);
    }
    if (unit->whole)
        array_push(arena, *paths, *n, unit->start);
    if (!unit->lock) /* one may appear */
        collect_input(inputs, unit->start);
}

bool node_tree_collect(struct arena *arena, const struct package *package,
                       const struct node_tool *tool, const struct node_tree *tree,
                       struct collection *files, struct collection *inputs)
{
    const char **paths = NULL;
    size_t n = 0;
    const struct left_out *before = files->left_out;
    for (size_t i = 0; i < tree->nunits; i++)
        list_unit(arena, tool, &tree->units[i], &paths, &n, inputs);
    for (size_t i = 0; i < tree->narchives; i++)
        array_push(arena, paths, n, tree->archives[i]);
    for (size_t i = 0; i < tree->nfolders; i++)
        array_push(arena, paths, n, tree->folders[i]);
    if (tree->manifest->installs || tree->manifest->prepares || package->nbuild)
        array_push(arena, paths, n, package->code);
    bool ok = true;
    files->left_out = left_out(arena, tree, before);
    for (size_t i = 0; i < n; i++)
        ok = add(arena, package, tree, paths[i], files, inputs) && ok;
    files->left_out = before;
    collect_sort(files);
    return ok;
}

bool node_tree_locked_above(const struct package *package, const struct node_tool *tool)
{
    struct arena *arena = arena_new();
    struct node_tree tree = {0};
    const struct find f = {arena, package, tool, {package->root, EXIT_BUILD}, &tree, {0}};
    bool locked = false, ok = true;
    const char *dir = package->code;
    while (ok && !locked && (dir = path_above(arena, dir, package->root))) {
        struct node_manifest *m = NULL;
        const char *lock = NULL;
        ok = find_lock(&f, dir, &lock) && (!lock || read_manifest(&f, dir, &m));
        locked = ok && m && has_member(&f, m, within(package->code, dir), false);
    }
    arena_free(arena);
    return locked;
}
