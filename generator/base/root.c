#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/root.h"
#include "base/util.h"

enum { LINKS_MAX = 40 }; /* links that lead to links, as in the Linux kernel */

/* --- errors ------------------------------------------------------------------------------- */

static bool fail(const struct root *root, const char *path, int error)
{
    return diag_error(root->code, (struct pos){.file = path}, "cannot be read: %s%s",
                      file_words(error),
                      error == EACCES ? "; give this user the permission, for its folder too" : "");
}

static bool fail_link(const struct root *root, const char *path, int error)
{
    const struct pos pos = {.file = path};
    if (error == ELOOP)
        return diag_error(root->code, pos, "this link leads to itself; correct or remove it");
    if (error == ENOENT || error == ENOTDIR)
        return diag_error(root->code, pos, "this link leads nowhere; correct or remove it");
    return diag_error(root->code, pos, "this link cannot be followed: %s", strerror(error));
}

/* --- links -------------------------------------------------------------------------------- */

/* Whether the real path `real` is in the root. */
static bool is_within(const struct root *root, const char *real, bool *within)
{
    *within = true;
    if (!root->folder)
        return true;
    char *folder = realpath(root->folder, NULL);
    if (!folder)
        return fail(root, root->folder, errno);
    *within = path_within(real, folder);
    free(folder);
    return true;
}

bool root_check_link(const struct root *root, const char *path)
{
    bool within;
    char *real = realpath(path, NULL);
    if (!real)
        return fail_link(root, path, errno);
    bool ok = is_within(root, real, &within) &&
              (within || diag_error(root->code, (struct pos){.file = path},
                                    "this link leads out of the project; copy what it links to"));
    free(real);
    return ok;
}

static bool has_dots(const char *path)
{
    for (const char *part = path; (part = strstr(part, "..")); part += 2)
        if ((part == path || part[-1] == '/') && (part[2] == '/' || !part[2]))
            return true;
    return false;
}

/* The part of the path below the root. NULL if only the real path tells whether it is there. */
static const char *below(const char *root, const char *path)
{
    size_t len = strlen(root);
    if (strcmp(root, ".") == 0 && *path != '/' && !has_dots(path))
        return path;
    if (!len || strncmp(path, root, len) != 0 || has_dots(path + len))
        return NULL;
    if (path[len] == '\0' || root[len - 1] == '/')
        return path + len;
    return path[len] == '/' ? path + len + 1 : NULL;
}

/* Copies the path up to the end of its next part, at `*rest`, and moves `*rest` behind that. */
static void take_part(char part[PATH_MAX], const char *path, const char **rest)
{
    *rest += strcspn(*rest, "/");
    memcpy(part, path, (size_t)(*rest - path));
    part[*rest - path] = '\0';
    *rest += **rest == '/';
}

/* Fills `st` with st_mode 0 if nothing is there. */
static bool resolve(const struct root *root, const char *path, struct stat *st)
{
    bool within;
    char *real = realpath(path, NULL);
    if (!real && errno == ENOENT) {
        st->st_mode = 0;
        return lstat(path, st) != 0 || fail_link(root, path, ENOENT);
    }
    if (!real)
        return errno == ELOOP ? fail_link(root, path, ELOOP) : fail(root, path, errno);
    bool ok = is_within(root, real, &within) &&
              (within || diag_error(root->code, (struct pos){.file = path},
                                    "this lies outside of the project; copy it into the project"));
    if (ok && stat(real, st) != 0)
        ok = fail(root, path, errno);
    free(real);
    return ok;
}

/* Looks at one file itself. Fills `st` with st_mode 0 if nothing is there. */
static bool look_at(const struct root *root, const char *path, struct stat *st)
{
    if (lstat(path, st) == 0)
        return !S_ISLNK(st->st_mode) || root_check_link(root, path);
    *st = (struct stat){0};
    if (errno != ENOTDIR || !root->folder)
        return errno == ENOENT || fail(root, path, errno);
    struct arena *arena = arena_new(); /* what is before it is no folder */
    fail(root, path_dir(arena, path), ENOTDIR);
    arena_free(arena);
    return false;
}

/* Looks at each part of the path below the root, or at the whole path if there is no root. Only if
 * one of them is a link, real paths are needed, which take a system call for each part of the whole
 * path. */
static bool follow(const struct root *root, const char *path, struct stat *st)
{
    char part[PATH_MAX];
    const char *rest = root->folder ? below(root->folder, path) : "";
    *st = (struct stat){0};
    if (!rest)
        return resolve(root, path, st);
    if (strlen(path) >= sizeof part)
        return fail(root, path, ENAMETOOLONG);
    if (!*rest && !look_at(root, path, st)) /* the root itself */
        return false;
    for (bool there = true; there && *rest; there = st->st_mode != 0) {
        take_part(part, path, &rest);
        if (!look_at(root, part, st))
            return false;
    }
    return !S_ISLNK(st->st_mode) || stat(path, st) == 0 || fail(root, path, errno);
}

/* --- looking and reading ------------------------------------------------------------------ */

bool root_look(const struct root *root, const char *path, enum file_kind *kind)
{
    struct stat st;
    *kind = FILE_MISSING;
    if (!follow(root, path, &st))
        return false;
    if (!st.st_mode)
        return true;
    *kind = S_ISREG(st.st_mode) ? FILE_REGULAR : S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_OTHER;
    return *kind != FILE_OTHER || fail(root, path, ENXIO);
}

bool root_has(const struct root *root, const char *path, bool *there)
{
    enum file_kind kind;
    *there = false;
    if (!root_look(root, path, &kind))
        return false;
    *there = kind == FILE_REGULAR;
    return kind != FILE_FOLDER || fail(root, path, EISDIR);
}

bool root_read(struct arena *arena, const struct root *root, const char *path, char **text,
               size_t *len)
{
    bool there;
    *text = NULL;
    *len = 0;
    if (!root_has(root, path, &there))
        return false;
    if (there)
        *text = file_read_most(arena, path, ROOT_READ_MAX, len);
    return !there || *text || fail(root, path, errno);
}

bool root_list(struct arena *arena, const struct root *root, const char *path, char ***names,
               size_t *n)
{
    enum file_kind kind;
    *names = NULL;
    *n = 0;
    if (!root_look(root, path, &kind))
        return false;
    if (kind != FILE_MISSING)
        *names = file_list(arena, path, n);
    return kind == FILE_MISSING || *names || fail(root, path, errno);
}

bool root_holds(const char *root, const char *path)
{
    char *real = realpath(path, NULL), *resolved = realpath(root, NULL);
    bool within = real && resolved && path_within(real, resolved);
    free(real);
    free(resolved);
    return within;
}

/* --- the folders of links ----------------------------------------------------------------- */

struct links {
    struct arena *arena;
    const char *root; /* resolved */
    const char **folders;
    size_t n;
};

/* The target of a link in `folder`, followed by `rest`; NULL if `link` is not a link. */
static const char *behind_link(struct arena *arena, const char *link, const char *folder,
                               const char *rest)
{
    char target[PATH_MAX];
    ssize_t len = readlink(link, target, sizeof target - 1);
    if (len < 0)
        return NULL;
    target[len] = '\0';
    return arena_printf(arena, "%s%s%s%s", *target == '/' ? "" : folder, *target == '/' ? "" : "/",
                        target, rest);
}

static void note_folder(struct links *links, const char *folder)
{
    char *real = realpath(*folder ? folder : "/", NULL);
    if (real && path_within(real, links->root))
        array_push(links->arena, links->folders, links->n, arena_strdup(links->arena, real));
    free(real);
}

/* Looks for the first link in the path, notes its folder and continues with its target. */
static void note_links(struct links *links, const char *path, int left)
{
    for (const char *slash = path; *slash;) {
        const char *end = slash + 1 + strcspn(slash + 1, "/");
        const char *name = arena_strndup(links->arena, path, (size_t)(end - path));
        const char *folder = arena_strndup(links->arena, path, (size_t)(slash - path));
        const char *further = behind_link(links->arena, name, folder, end);
        if (further && left > 0) {
            note_folder(links, folder);
            note_links(links, further, left - 1);
            return;
        }
        slash = end;
    }
}

/* Whether a part of the path below the root is a link, or only the real path tells that. */
static bool has_links(const char *root, const char *path)
{
    char part[PATH_MAX];
    struct stat st;
    const char *rest = below(root, path);
    while (rest && *rest && strlen(path) < sizeof part) {
        take_part(part, path, &rest);
        if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode))
            return true;
    }
    return !rest;
}

const char **root_links(struct arena *arena, const char *root, const char *path, size_t *n)
{
    char *real = has_links(root, path) ? realpath(root, NULL) : NULL;
    struct links links = {.arena = arena, .root = real};
    if (real)
        note_links(&links, path_absolute(arena, path), LINKS_MAX);
    free(real);
    *n = links.n;
    return links.folders;
}
