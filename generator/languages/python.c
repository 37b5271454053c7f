#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "languages/python.h"
#include "resources/runtime.h"
#include "sources/package.h"

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

/* Setuptools and other tools write the same files with these, whenever they run. */
const char *const python_env[] = {"PYTHONHASHSEED=0", "SOURCE_DATE_EPOCH=315532800", NULL};

/* --- programs ----------------------------------------------------------------------------- */

static const char runtime_python[] = "#!/usr/bin/env python3\n";

/* The length of the beginning by which a script is run by this machine's Python; 0 if it is another
 * kind of file. pip writes three lines for a path that is long or has a space. */
static size_t interpreter_length(const char *text, size_t len)
{
    static const char shell[] = "#!/bin/sh\n'''exec' ";
    if (len > strlen(shell) && memcmp(text, shell, strlen(shell)) == 0) {
        const char *end = strstr(text, "\n' '''\n");
        return end ? (size_t)(end - text) + strlen("\n' '''\n") : 0;
    }
    size_t line = strcspn(text, "\n");
    if (len < 3 || strncmp(text, "#!/", 3) != 0 || text[line] != '\n')
        return 0;
    const char *base = text + strcspn(text, " \t\n");
    while (base[-1] != '/')
        base--;
    return str_starts(base, "python") || str_starts(base, "pypy") ? line + 1 : 0;
}

static bool clean_program(struct arena *arena, const char *path)
{
    size_t len;
    char *text = file_read(arena, path, &len);
    if (!text)
        return errno == EISDIR;
    size_t skipped = interpreter_length(text, len);
    if (!skipped)
        return true;
    struct buf out = {0};
    buf_adds(&out, runtime_python);
    buf_add(&out, text + skipped, len - skipped);
    bool ok = file_write(path, out.data, out.len, 0755);
    buf_free(&out);
    return ok;
}

/* Programs of packages stay. Their scripts name the Python of this machine, and get the runtime's.
 */
static bool clean_programs(struct arena *arena, const char *folder)
{
    size_t n = 0;
    char **names = file_list(arena, folder, &n);
    bool ok = names || errno == ENOENT;
    for (size_t i = 0; i < n; i++)
        ok = clean_program(arena, path_join(arena, folder, names[i])) && ok;
    return ok;
}

/* --- metadata ----------------------------------------------------------------------------- */

/* Whether a line of RECORD, which is path,hash,size (PEP 376), is to be removed. */
static bool dropped(const char *line)
{
    static const char *const ends[] = {".pyc", "/direct_url.json"};
    size_t len = strcspn(line, ",");
    return str_starts(line, "bin/") || str_starts(line, "../") ||
           ends_with_any(line, len, ends, countof(ends));
}

/* Keeps the lines of a file for which `change` returns a text, sorted if `sorted`. */
static bool clean_lines(struct arena *arena, const char *path, bool sorted,
                        const char *(*change)(struct arena *arena, const char *line))
{
    size_t len, n = 0;
    char *text = file_read(arena, path, &len);
    if (!text)
        return errno == ENOENT;
    const char **lines = NULL;
    for (char *line; (line = strsep(&text, "\n"));) {
        const char *changed = *line ? change(arena, line) : NULL;
        if (changed)
            array_push(arena, lines, n, changed);
    }
    if (n && sorted)
        qsort(lines, n, sizeof *lines, str_compare);
    struct buf out = {0};
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s\n", lines[i]);
    bool ok = file_write(path, out.data ? out.data : "", out.len, 0644);
    buf_free(&out);
    return ok;
}

/* A line of RECORD. The digest of WHEEL goes with what clean_wheel changes. */
static const char *record_line(struct arena *arena, const char *line)
{
    static const char *const wheel[] = {".dist-info/WHEEL"};
    size_t len = strcspn(line, ",");
    if (dropped(line))
        return NULL;
    return ends_with_any(line, len, wheel, 1) ? arena_printf(arena, "%.*s,,", (int)len, line)
                                              : line;
}

/* A line of WHEEL. Which version of a tool has built it changes with time. */
static const char *wheel_line(struct arena *arena, const char *line)
{
    (void)arena;
    return str_starts(line, "Generator:") ? NULL : line;
}

bool python_clean(struct arena *arena, const char *into)
{
    size_t n;
    char **names = file_list(arena, into, &n);
    bool ok = names && clean_programs(arena, path_join(arena, into, "bin"));
    for (size_t i = 0; ok && i < n; i++) {
        if (!str_ends(names[i], ".dist-info"))
            continue;
        const char *info = path_join(arena, into, names[i]);
        ok = remove_path(path_join(arena, info, "direct_url.json")) &&
             clean_lines(arena, path_join(arena, info, "WHEEL"), false, wheel_line) &&
             clean_lines(arena, path_join(arena, info, "RECORD"), true, record_line);
    }
    return ok;
}

/* The platform of a package that is neither for any nor for the lambda's; or NULL. pip builds what
 * a package's own metadata names by a URL. */
static const char *foreign_platform(struct arena *arena, const struct package *package,
                                    const char *info)
{
    size_t len;
    char *text = file_read(arena, path_join(arena, info, "WHEEL"), &len);
    const char *foreign = NULL;
    for (char *line; text && (line = strsep(&text, "\n"));) {
        char *platform = str_starts(line, "Tag:") ? strrchr(line, '-') : NULL;
        if (!platform)
            continue;
        platform[1 + strcspn(platform + 1, " \t\r")] = '\0';
        if (strcmp(platform + 1, "any") == 0 || str_starts(platform + 1, "manylinux") ||
            strstr(package->pip_extra, platform + 1))
            return NULL;
        foreign = platform + 1;
    }
    return foreign;
}

bool python_check(struct arena *arena, const struct package *package, const char *into)
{
    size_t n = 0;
    char **names = file_list(arena, into, &n);
    bool ok = true;
    for (size_t i = 0; names && i < n; i++) {
        const char *platform =
            str_ends(names[i], ".dist-info")
                ? foreign_platform(arena, package, path_join(arena, into, names[i]))
                : NULL;
        if (platform)
            ok = diag_error(EXIT_BUILD, package->pos,
                            "%.*s, which %s needs, was compiled on this machine for %s; use a "
                            "version that has a wheel for the lambda",
                            (int)strcspn(names[i], "-"), names[i], package->reference, platform);
    }
    return ok;
}
