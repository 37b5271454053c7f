#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip_take.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/root.h"
#include "base/util.h"
#include "sources/build_tree.h"
#include "sources/collect.h"
#include "sources/credential.h"
#include "sources/ignore.h"

enum { DEPTH_MAX = 64 }; /* nested folders */

static const char around_it[] = "this link leads to a folder that contains it, and would never end";
static const char no_file[] = "neither a file nor a folder; a zip cannot hold it";

struct walk {
    struct collection *collection;
    const struct ignore *ignore;
    const char *dir;             /* the code folder */
    const char *root;            /* links must not lead out of it */
    const struct folder *around; /* the folders that contain the current entry */
    int depth;
    bool in_credentials; /* in a folder that holds them */
};

/* A file or folder in the code folder. */
struct item {
    const char *relative, *path;
    bool is_link, is_folder; /* both for a link to a folder */
};

struct folder {
    dev_t device;
    ino_t number;
    const struct folder *around;
};

static bool fail(const char *path, const char *problem)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s", problem);
}

void collect_stamped(struct collection *c, const char *path, struct file_stamp stamp)
{
    size_t n = c->ninputs;
    array_push(c->arena, c->inputs, c->ninputs, path);
    if (c->stamped)
        array_push(c->arena, c->stamps, n, stamp);
}

void collect_input(struct collection *c, const char *path)
{
    collect_stamped(c, arena_strdup(c->arena, path),
                    c->stamped ? file_stamp(path) : (struct file_stamp){0});
}

/* The folder in which a missing file, or a folder on the way to it, would appear. */
static const char *place_of_missing(struct arena *arena, const char *path)
{
    do
        path = path_dir(arena, path);
    while (file_look(path) == FILE_MISSING);
    return path;
}

void collect_missing(struct collection *c, const char *path)
{
    collect_input(c, c->stamped ? path : place_of_missing(c->arena, path));
}

static bool is_missing(const struct file_stamp *stamp)
{
    return !stamp->number && !stamp->size;
}

const char **collect_visible(struct arena *arena, const char *const *inputs,
                             const struct file_stamp *stamps, size_t n)
{
    const char **visible = arena_alloc(arena, (n + 1) * sizeof *visible);
    for (size_t i = 0; i < n; i++)
        visible[i] =
            stamps && is_missing(&stamps[i]) ? place_of_missing(arena, inputs[i]) : inputs[i];
    return visible;
}

void collect_fact(struct collection *c, const char *question, const char *answer)
{
    struct fact fact = {question, answer};
    array_push(c->arena, c->facts, c->nfacts, fact);
}

void collect_inputs_of(struct collection *c, const struct collection *other)
{
    for (size_t i = 0; i < other->ninputs; i++)
        collect_stamped(c, other->inputs[i],
                        other->stamped ? other->stamps[i] : (struct file_stamp){0});
}

static void add_entry(struct collection *c, const char *path, const char *name, mode_t mode)
{
    struct pack_entry entry = {arena_strdup(c->arena, name), arena_strdup(c->arena, path),
                               (mode & S_IXUSR) != 0};
    array_push(c->arena, c->entries, c->nentries, entry);
    collect_input(c, path);
}

static bool check_no_parameters(const struct collection *c, const char *path, const struct stat *st)
{
    const struct left_out *out = c->left_out;
    for (size_t i = 0; out && i < out->nparameters; i++)
        if (out->parameters[i].number == st->st_ino && out->parameters[i].device == st->st_dev)
            return fail(path, "this leads to the project's parameters, whose values must not be in "
                              "a zip; remove it, or exclude it by .gordonignore");
    return true;
}

/* Whether a file may be packed. */
static bool check_file(const struct collection *c, const char *path, struct stat *st)
{
    if (stat(path, st) != 0)
        return fail(path, strerror(errno));
    if (!S_ISREG(st->st_mode))
        return fail(path, no_file);
    return check_no_parameters(c, path, st);
}

bool collect_file(struct collection *c, const char *path, const char *name)
{
    struct stat st;
    if (!check_file(c, path, &st))
        return false;
    add_entry(c, path, name, st.st_mode);
    return true;
}

bool collect_zip(struct collection *c, const char *path)
{
    struct stat st;
    collect_input(c, path);
    return check_file(c, path, &st) && zip_take(c->arena, path, &c->entries, &c->nentries);
}

/* Whether the link `path` lies within its own target. */
static bool leads_around(const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
    if (slash)
        *slash = '\0';
    char *dir = slash ? realpath(copy, NULL) : NULL;
    bool around = real && dir && path_within(dir, real);
    free(real);
    free(copy);
    free(dir);
    return around;
}

/* A link must stay within the root, because a zip must not depend on other files of the machine. */
static bool check_link(const struct walk *walk, const char *path)
{
    const struct root root = {walk->root, EXIT_BUILD};
    return leads_around(path) ? fail(path, around_it) : root_check_link(&root, path);
}

void collect_links(struct collection *c, const char *path, const char *root)
{
    size_t n;
    const char **folders = root_links(c->arena, root, path, &n);
    for (size_t i = 0; i < n; i++)
        collect_input(c, folders[i]);
}

/* Whether a folder is hidden, or what a tool made beside one of these files, or a virtual
 * environment of Python, whose links lead out of the project. */
static bool is_made(struct arena *arena, const char *path)
{
    static const char *const beside[][2] = {
        {"target", "pom.xml"},
        {"build", "build.gradle"},
        {"build", "build.gradle.kts"},
        {"build", "settings.gradle"},
        {"build", "settings.gradle.kts"},
        {"node_modules", "package.json"},
    };
    const char *name = path_base(path);
    if (*name == '.' && strcmp(name, ".mvn") != 0)
        return file_look(path) == FILE_FOLDER;
    for (size_t i = 0; i < countof(beside); i++)
        if (strcmp(name, beside[i][0]) == 0 &&
            file_look(path_join(arena, path_dir(arena, path), beside[i][1])) != FILE_MISSING)
            return true;
    return file_look(path_join(arena, path, "pyvenv.cfg")) == FILE_REGULAR;
}

static bool skipped(const struct collection *c, const char *path)
{
    if (c->left_out && c->left_out->java && is_made(c->arena, path))
        return true;
    for (const char *const *skip = c->left_out ? c->left_out->paths : NULL; skip && *skip; skip++)
        if (strcmp(*skip, path) == 0)
            return true;
    return false;
}

/* --- credentials -------------------------------------------------------------------------- */

/* The name of what a link leads to, or of a folder in the root on the way there, that holds
 * credentials. The link's own name may be harmless. */
static bool leads_to_credential(const struct walk *walk, const char *path, bool is_folder)
{
    bool found = false;
    char *real = realpath(path, NULL), *root = realpath(walk->root, NULL);
    char *part = real && root ? (char *)path_below(root, real) : NULL;
    for (char *slash; part && (slash = strchr(part, '/')); part = slash + 1) {
        *slash = '\0';
        found = found || credential_is_named(part, true);
    }
    found = part && (found || credential_is_named(part, is_folder));
    free(real);
    free(root);
    return found;
}

static bool leads_to_key(const char *path)
{
    char *real = realpath(path, NULL);
    bool may_be = real && credential_may_be(path_base(real));
    free(real);
    return may_be;
}

/* Whether an entry's name says that it holds credentials. */
static bool is_named_credential(const struct walk *walk, const struct item *item)
{
    return walk->in_credentials || credential_is_named(path_base(item->path), item->is_folder) ||
           (item->is_link && leads_to_credential(walk, item->path, item->is_folder));
}

/* Whether a file's content is a key. Then the content is an input although it is left out. */
static bool is_key(const struct walk *walk, const struct item *item)
{
    if (item->is_folder ||
        !(credential_may_be(path_base(item->path)) || (item->is_link && leads_to_key(item->path))))
        return false;
    collect_input(walk->collection, item->path);
    return credential_has_key(item->path);
}

/* Notes an entry that holds credentials. Returns whether it is left out. */
static bool leave_out(struct walk *walk, const struct item *item)
{
    struct credentials *credentials = walk->collection->credentials;
    if (!credentials || build_tree_is_installed(item->relative) ||
        !(is_named_credential(walk, item) || is_key(walk, item)) ||
        ignore_asks_for(walk->ignore, item->relative, item->is_folder))
        return false;
    if (!credentials->packed || !item->is_folder)
        credential_add(walk->collection->arena, credentials, item->path, item->relative,
                       item->is_folder);
    walk->in_credentials = walk->in_credentials || item->is_folder;
    return !credentials->packed;
}

/* --- the folders -------------------------------------------------------------------------- */

static bool walk_dir(struct walk *walk, const char *relative);

/* Adds an entry that is not left out. */
static bool take_entry(struct walk *walk, const struct item *item, struct stat st)
{
    if (item->is_link && !check_link(walk, item->path))
        return false;
    if (item->is_link && stat(item->path, &st) != 0)
        return fail(item->path, strerror(errno));
    if (item->is_link)
        collect_links(walk->collection, item->path, walk->root);
    if (!check_no_parameters(walk->collection, item->path, &st))
        return false;
    if (S_ISDIR(st.st_mode))
        return walk_dir(walk, item->relative);
    if (!S_ISREG(st.st_mode))
        return fail(item->path, no_file);
    add_entry(walk->collection, item->path, item->relative, st.st_mode);
    return true;
}

static bool walk_entry(struct walk *walk, const char *relative)
{
    struct item item = {.relative = relative,
                        .path = path_join(walk->collection->arena, walk->dir, relative)};
    struct stat st;
    bool in_credentials = walk->in_credentials;
    if (interrupt_came() || lstat(item.path, &st) != 0)
        return fail(item.path, strerror(errno));
    item.is_link = S_ISLNK(st.st_mode);
    item.is_folder = item.is_link ? file_look(item.path) == FILE_FOLDER : S_ISDIR(st.st_mode);
    if (ignore_match(walk->ignore, relative, item.is_folder) ||
        skipped(walk->collection, item.path))
        return true;
    bool ok = leave_out(walk, &item) || take_entry(walk, &item, st);
    walk->in_credentials = in_credentials;
    return ok;
}

/* Finds what leads_around cannot: links that lead to each other's folders. They would be walked
 * through again and again, and two such links in a folder double the work at every level. */
static bool is_around(const struct walk *walk, const struct folder *folder)
{
    for (const struct folder *f = walk->around; f; f = f->around)
        if (f->device == folder->device && f->number == folder->number)
            return true;
    return false;
}

/* Whether this is a folder of the code, and not one of packages, or one that commands have made. */
static bool is_code(const struct walk *walk, const char *relative)
{
    const struct left_out *out = walk->collection->left_out;
    return out && !out->installed && !build_tree_is_installed(relative);
}

/* Whether other tools of Python have left a folder for this machine: a virtual environment, a build
 * of setuptools, or metadata of an editable install. The metadata of an installed package has a
 * version in its name. */
static bool is_leftover(const char *name, char *const *names, size_t n)
{
    const char *sign = strcmp(name, "build") == 0 ? "bdist." : "pyvenv.cfg";
    if (str_ends(name, ".egg-info") && strchr(name, '-') == strrchr(name, '-'))
        return true;
    for (size_t i = 0; i < n; i++)
        if (str_starts(names[i], sign))
            return true;
    return false;
}

static bool walk_dir(struct walk *walk, const char *relative)
{
    struct arena *arena = walk->collection->arena;
    const char *path = *relative ? path_join(arena, walk->dir, relative) : walk->dir;
    struct stat st;
    size_t n;
    char **names = file_list(arena, path, &n);
    if (!names || stat(path, &st) != 0)
        return fail(path, strerror(errno));
    if (*relative && is_leftover(path_base(relative), names, n))
        return true;
    bool tree = is_code(walk, relative) && build_tree_has(names, n);
    if (tree && *relative)
        return true;
    tree = tree || (is_code(walk, relative) && build_tree_is_source(names, n));
    struct folder folder = {st.st_dev, st.st_ino, walk->around};
    if (is_around(walk, &folder))
        return fail(path, around_it);
    if (walk->depth == DEPTH_MAX)
        return fail(path, "folders are nested too deep");
    walk->around = &folder;
    walk->depth++;
    collect_input(walk->collection, path);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        if (!tree || !build_tree_writes(names[i]))
            ok = walk_entry(walk, path_join(arena, relative, names[i])) && ok;
    walk->around = folder.around;
    walk->depth--;
    return ok;
}

bool collect_dir(struct collection *c, const char *dir, const char *root)
{
    struct walk walk = {.collection = c, .dir = dir, .root = root};
    const char *rules;
    walk.ignore = ignore_load(c->arena, dir, root, &rules);
    if (walk.ignore && rules) {
        collect_input(c, rules);
        collect_links(c, rules, root);
    }
    return walk.ignore && walk_dir(&walk, "");
}

bool collect_copy(struct arena *arena, const struct pack_entry *entries, size_t n, const char *to)
{
    for (size_t i = 0; i < n; i++)
        if (!file_copy(arena, entries[i].source, path_join(arena, to, entries[i].name)))
            return diag_error(EXIT_BUILD, (struct pos){.file = entries[i].source},
                              "cannot be copied: %s", strerror(errno));
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pack_entry *)a)->name, ((const struct pack_entry *)b)->name);
}

void collect_sort(struct collection *c)
{
    struct table names = {0};
    size_t kept = 0;
    for (size_t i = 0; i < c->nentries; i++)
        if (!table_set(c->arena, &names, c->entries[i].name, c))
            c->entries[kept++] = c->entries[i];
    c->nentries = kept;
    if (kept)
        qsort(c->entries, kept, sizeof *c->entries, by_name);
}
