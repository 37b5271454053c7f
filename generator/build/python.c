#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "build/python.h"
#include "resources/runtime.h"

/* The oldest x of manylinux_2_x for each machine, and the names of before PEP 600. */
enum { OLDEST_X86_64 = 5, OLDEST_AARCH64 = 17 };
static const struct {
    int minor;
    const char *tag;
} older_names[] = {{17, "manylinux2014"}, {12, "manylinux2010"}, {5, "manylinux1"}};

static void add(struct arena *arena, const char ***argv, size_t *n, const char *a, const char *b)
{
    array_push(arena, *argv, *n, a);
    array_push(arena, *argv, *n, b);
}

void python_platform_args(struct arena *arena, const char *runtime, const char *architecture,
                          const char ***argv, size_t *n)
{
    bool arm = strcmp(architecture, "arm64") == 0;
    const char *machine = arm ? "aarch64" : "x86_64";
    array_push(arena, *argv, *n, "--only-binary=:all:");
    for (int x = runtime_glibc(runtime); x >= (arm ? OLDEST_AARCH64 : OLDEST_X86_64); x--) {
        add(arena, argv, n, "--platform", arena_printf(arena, "manylinux_2_%d_%s", x, machine));
        for (size_t i = 0; i < countof(older_names); i++)
            if (older_names[i].minor == x)
                add(arena, argv, n, "--platform",
                    arena_printf(arena, "%s_%s", older_names[i].tag, machine));
    }
    add(arena, argv, n, "--implementation", "cp");
    add(arena, argv, n, "--python-version", runtime + strlen("python"));
}

static bool ends_with_any(const char *line, size_t len, const char *const *ends, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(ends[i]);
        if (len >= size && strncmp(line + len - size, ends[i], size) == 0)
            return true;
    }
    return false;
}

/* Whether a line of RECORD, which is path,hash,size (PEP 376), is to be removed. */
static bool dropped(const char *line)
{
    static const char *const ends[] = {".pyc", "/direct_url.json"};
    size_t len = strcspn(line, ",");
    return str_starts(line, "bin/") || str_starts(line, "../") ||
           ends_with_any(line, len, ends, countof(ends));
}

static bool clean_record(struct arena *arena, const char *path)
{
    size_t len, n = 0;
    char *text = file_read(arena, path, &len);
    if (!text)
        return errno == ENOENT;
    char **lines = NULL;
    for (char *line; (line = strsep(&text, "\n"));)
        if (*line && !dropped(line))
            array_push(arena, lines, n, line);
    if (n)
        qsort(lines, n, sizeof *lines, str_compare);
    struct buf out = {0};
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s\n", lines[i]);
    bool ok = file_write(path, out.data ? out.data : "", out.len, 0644);
    buf_free(&out);
    return ok;
}

bool python_clean(struct arena *arena, const char *into)
{
    size_t n;
    char **names = file_list(arena, into, &n);
    bool ok = names && remove_path(path_join(arena, into, "bin"));
    for (size_t i = 0; ok && i < n; i++) {
        if (!str_ends(names[i], ".dist-info"))
            continue;
        const char *info = path_join(arena, into, names[i]);
        ok = remove_path(path_join(arena, info, "direct_url.json")) &&
             clean_record(arena, path_join(arena, info, "RECORD"));
    }
    return ok;
}

/* The files that a requirements file includes. */
struct files {
    struct arena *arena;
    struct root root;
    const char *code;
    struct table seen; /* ids of files */
    const char ***paths;
    size_t *n;
};

/* The file that a line of a requirements file includes by -r or -c, or NULL (pip, "Requirements
 * File Format"). The line is modified. */
static char *included_name(char *line)
{
    static const char *const options[] = {"-r", "--requirement", "-c", "--constraint"};
    line += strspn(line, " \t");
    for (size_t i = 0; i < countof(options); i++) {
        if (!str_starts(line, options[i]))
            continue;
        char *name = line + strlen(options[i]);
        name += strspn(name, " \t=");
        name[strcspn(name, " \t\r#")] = '\0';
        return name;
    }
    return NULL;
}

/* Whether a file can have this name. A line may be anything else, such as a long URL. */
static bool is_name(const char *line)
{
    size_t longest = 0, len;
    for (const char *part = line; *part; part += len + (part[len] == '/')) {
        len = strcspn(part, "/");
        longest = len > longest ? len : longest;
    }
    return *line && longest <= NAME_MAX && strlen(line) < PATH_MAX / 2;
}

/* Sets `*path` to the local file that a requirement names, such as ./wheels/x.whl, or to NULL. It
 * starts at the code folder, because pip runs there. The line is modified. */
static bool local_file(const struct files *files, char *line, const char **path)
{
    enum file_kind kind = FILE_MISSING;
    line += strspn(line, " \t");
    line[strcspn(line, " \t\r;#")] = '\0';
    line += str_starts(line, "./") ? strlen("./") : 0;
    *path = path_join(files->arena, files->code, line);
    bool ok = !is_name(line) || root_look(&files->root, *path, &kind);
    if (kind != FILE_REGULAR)
        *path = NULL;
    return ok;
}

/* Sets `*path` to the file that an option includes, or to NULL if it is missing. */
static bool included_file(const struct files *files, const char *from, const char *name,
                          const char **path)
{
    bool there = false;
    *path = path_join(files->arena, path_dir(files->arena, from), name);
    bool ok = !is_name(name) || root_has(&files->root, *path, &there);
    if (!is_name(name) || !ok || !there)
        *path = NULL;
    return ok;
}

/* Names a file by its number, so that one that includes itself by another path is seen. */
static const char *id_of(struct arena *arena, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return NULL;
    return arena_printf(arena, "%llu %llu", (unsigned long long)st.st_dev,
                        (unsigned long long)st.st_ino);
}

static bool add_included(struct files *files, const char *path);

/* Adds the file that a line names, once. */
static bool add_line(struct files *files, const char *path, char *line)
{
    char *name = included_name(line);
    const char *included;
    if (!(name ? included_file(files, path, name, &included) : local_file(files, line, &included)))
        return false;
    const char *id = included ? id_of(files->arena, included) : NULL;
    if (!id || table_set(files->arena, &files->seen, id, files))
        return true;
    array_push(files->arena, *files->paths, *files->n, included);
    return !name || add_included(files, included);
}

/* Reads included files as the manifest itself. */
static bool add_included(struct files *files, const char *path)
{
    size_t len;
    char *text;
    bool ok = root_read(files->arena, &files->root, path, &text, &len);
    for (char *line; text && (line = strsep(&text, "\n"));)
        ok = add_line(files, path, line) && ok;
    return ok;
}

bool python_included(struct arena *arena, const char *root, const char *code, const char *manifest,
                     const char ***paths, size_t *n)
{
    struct files files = {arena, {root, EXIT_BUILD}, code, {0}, paths, n};
    const char *id = id_of(arena, manifest);
    if (id)
        table_set(arena, &files.seen, id, &files);
    return add_included(&files, manifest);
}
