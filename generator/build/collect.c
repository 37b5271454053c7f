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
#include "build/collect.h"
#include "build/ignore.h"

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

static bool skipped(const struct collection *c, const char *path)
{
    for (const char *const *skip = c->left_out ? c->left_out->paths : NULL; skip && *skip; skip++)
        if (strcmp(*skip, path) == 0)
            return true;
    return false;
}

static bool walk_dir(struct walk *walk, const char *relative);

static bool walk_entry(struct walk *walk, const char *relative)
{
    struct arena *arena = walk->collection->arena;
    const char *path = path_join(arena, walk->dir, relative);
    struct stat st;
    if (interrupt_came() || lstat(path, &st) != 0)
        return fail(path, strerror(errno));
    bool link = S_ISLNK(st.st_mode);
    if (ignore_match(walk->ignore, relative,
                     link ? file_look(path) == FILE_FOLDER : S_ISDIR(st.st_mode)))
        return true;
    if (skipped(walk->collection, path))
        return true;
    if (link && !check_link(walk, path))
        return false;
    if (link && stat(path, &st) != 0)
        return fail(path, strerror(errno));
    if (link)
        collect_links(walk->collection, path, walk->root);
    if (!check_no_parameters(walk->collection, path, &st))
        return false;
    if (S_ISDIR(st.st_mode))
        return walk_dir(walk, relative);
    if (!S_ISREG(st.st_mode))
        return fail(path, no_file);
    add_entry(walk->collection, path, relative, st.st_mode);
    return true;
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

static bool walk_dir(struct walk *walk, const char *relative)
{
    struct arena *arena = walk->collection->arena;
    const char *path = *relative ? path_join(arena, walk->dir, relative) : walk->dir;
    struct stat st;
    size_t n;
    char **names = file_list(arena, path, &n);
    if (!names || stat(path, &st) != 0)
        return fail(path, strerror(errno));
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
