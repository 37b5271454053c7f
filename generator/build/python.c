#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "build/python.h"

/* python3.12 and newer run on Amazon Linux 2023, which has glibc 2.34; older ones run on Amazon
 * Linux 2, which has 2.26. pip accepts only the tags that it is given (PEP 600), so older ones that
 * fit are listed too. */
static const char *const tags_al2023[] = {"manylinux_2_34", "manylinux_2_28", "manylinux_2_17",
                                          "manylinux2014"};
static const char *const tags_al2[] = {"manylinux_2_26", "manylinux_2_17", "manylinux2014"};

static void add(struct arena *arena, const char ***argv, size_t *n, const char *a, const char *b)
{
    array_push(arena, *argv, *n, a);
    array_push(arena, *argv, *n, b);
}

void python_platform_args(struct arena *arena, const char *runtime, const char *architecture,
                          const char ***argv, size_t *n)
{
    const char *version = runtime + strlen("python");
    bool al2023 = strlen(version) > 3 && atoi(version + 2) >= 12;
    const char *const *tags = al2023 ? tags_al2023 : tags_al2;
    size_t ntags = al2023 ? countof(tags_al2023) : countof(tags_al2);
    const char *machine = strcmp(architecture, "arm64") == 0 ? "aarch64" : "x86_64";
    array_push(arena, *argv, *n, "--only-binary=:all:");
    for (size_t i = 0; i < ntags; i++)
        add(arena, argv, n, "--platform", arena_printf(arena, "%s_%s", tags[i], machine));
    add(arena, argv, n, "--implementation", "cp");
    add(arena, argv, n, "--python-version", version);
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
        return true;
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

/* The local file that a requirement names, such as ./wheels/x.whl, or NULL. Its path starts at the
 * code folder, because pip runs there. The line is modified. */
static const char *local_file(struct arena *arena, const char *code, char *line)
{
    line += strspn(line, " \t");
    line[strcspn(line, " \t\r;#")] = '\0';
    const char *path = *line ? path_join(arena, code, line) : NULL;
    return path && file_exists(path) && !file_is_dir(path) ? path : NULL;
}

/* Names a file by its number, so that one that includes itself by another path is seen. */
static const char *file_id(struct arena *arena, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return NULL;
    return arena_printf(arena, "%llu %llu", (unsigned long long)st.st_dev,
                        (unsigned long long)st.st_ino);
}

/* Reads included files as the manifest itself, each once. */
static void add_included(struct arena *arena, struct table *seen, const char *code,
                         const char *path, const char ***paths, size_t *n)
{
    size_t len;
    char *text = file_read(arena, path, &len);
    for (char *line; text && (line = strsep(&text, "\n"));) {
        char *name = included_name(line);
        const char *included =
            name ? path_join(arena, path_dir(arena, path), name) : local_file(arena, code, line);
        const char *id = included ? file_id(arena, included) : NULL;
        if (!id || table_set(arena, seen, id, seen))
            continue;
        array_push(arena, *paths, *n, included);
        if (name)
            add_included(arena, seen, code, included, paths, n);
    }
}

void python_included(struct arena *arena, const char *code, const char *manifest,
                     const char ***paths, size_t *n)
{
    struct table seen = {0};
    const char *id = file_id(arena, manifest);
    if (id)
        table_set(arena, &seen, id, &seen);
    add_included(arena, &seen, code, manifest, paths, n);
}
