/* .gordonignore: patterns, and paths, one in each line ('/' at its end: a folder). A second
 * matcher, written from gitignore(5) and fnmatch(3) without regard to time, must agree. */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "fuzz.h"
#include "sources/ignore.h"

enum { LENGTH_MAX = 40, STARS_MAX = 4 };

static bool in_named(const char *name, size_t len, unsigned char c, bool *known)
{
    static const struct {
        const char *name;
        int (*has)(int c);
    } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank},
                   {"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph},
                   {"lower", islower}, {"print", isprint}, {"punct", ispunct},
                   {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
    for (size_t i = 0; i < countof(classes); i++)
        if (strlen(classes[i].name) == len && !strncmp(classes[i].name, name, len))
            return c < 0x80 && classes[i].has(c);
    *known = false;
    return false;
}

/* The member of a set at `*p`, which may be escaped. */
static unsigned char member(const char **p)
{
    *p += **p == '\\';
    return (unsigned char)*(*p)++;
}

/* Matches `c` by the set behind the '[' at `*p`, and moves *p behind its ']'. False for a set
 * without end. */
static bool match_set(const char **p, unsigned char c)
{
    bool negated = **p == '!' || **p == '^', found = false, known = true;
    const char *first = *p += negated;
    while (**p && (**p != ']' || *p == first)) {
        const char *end = (*p)[0] == '[' && (*p)[1] == ':' ? strchr(*p + 2, ']') : NULL;
        if (end && end > *p + 2 && end[-1] == ':') {
            found = in_named(*p + 2, (size_t)(end - 1 - (*p + 2)), c, &known) || found;
            *p = end + 1;
            continue;
        }
        unsigned char low = member(p), high = low;
        if (!low)
            return false;
        if ((*p)[0] == '-' && (*p)[1] && (*p)[1] != ']') {
            ++*p;
            high = member(p);
        }
        found = found || c == low || (c >= low && c <= high);
    }
    if (!**p || !known)
        return false;
    ++*p;
    return found != negated && c != '/';
}

static bool match(const char *start, const char *p, const char *text);

/* The pattern at `p` begins with stars. In front of a slash or at the end, and behind a slash, two
 * match folders. */
static bool match_stars(const char *start, const char *p, const char *text)
{
    size_t n = strspn(p, "*");
    const char *rest = p + n;
    bool escaped = rest[0] == '\\' && rest[1] == '/';
    bool folders = n > 1 && (p == start || p[-1] == '/') && (!*rest || *rest == '/' || escaped);
    if (folders && !*rest)
        return *text != '\0';
    if (folders) { /* none, if the slash is not escaped, or any number */
        for (const char *at = escaped ? strchr(text, '/') : text; at; at = strchr(at, '/')) {
            at += *at == '/';
            if (match(start, rest + 1 + escaped, at))
                return true;
        }
        return false;
    }
    for (;; text++) {
        if (match(start, rest, text))
            return true;
        if (!*text || *text == '/')
            return false;
    }
}

/* Matches a whole path by a whole pattern. */
static bool match(const char *start, const char *p, const char *text)
{
    if (*p == '*')
        return match_stars(start, p, text);
    if (!*p || !*text)
        return !*p && !*text;
    if (*p == '?')
        return *text != '/' && match(start, p + 1, text + 1);
    if (*p == '[') {
        const char *behind = p + 1;
        return match_set(&behind, (unsigned char)*text) && match(start, behind, text + 1);
    }
    p += *p == '\\';
    return *p == *text && *p && match(start, p + 1, text + 1);
}

/* What a line says about a path: 1 leaves it out, -1 takes it in again, 0 nothing. */
static int decide(const char *line, const char *path, bool is_dir)
{
    char *pattern = arena_strdup(fuzz_arena, line);
    bool negated = *pattern == '!';
    pattern += negated;
    size_t len = strlen(pattern);
    bool dirs_only = len && pattern[len - 1] == '/';
    if (dirs_only)
        pattern[len - 1] = '\0';
    const char *slash = strchr(pattern, '/');
    const char *text = slash ? path : path_base(path), *p = pattern + (*pattern == '/');
    if ((dirs_only && !is_dir) || !match(p, p, text))
        return 0;
    return negated ? -1 : 1;
}

/* Cuts spaces from the end of a line, but not one behind a backslash. */
static void trim(char *line)
{
    size_t end = 0;
    for (size_t i = 0; line[i]; i++) {
        if (line[i] == '\\' && line[i + 1])
            i++;
        else if (line[i] == ' ')
            continue;
        end = i + 1;
    }
    line[end] = '\0';
}

/* Whether a second matcher can judge the line in time. */
static bool is_small(const char *line)
{
    size_t stars = 0;
    for (const char *c = line; *c; c++)
        stars += *c == '*';
    return strlen(line) <= LENGTH_MAX && stars <= STARS_MAX;
}

static bool expected(const char *const *lines, size_t n, const char *path, bool is_dir)
{
    for (size_t i = n; i-- > 0;) {
        int said = decide(lines[i], path, is_dir);
        if (said)
            return said > 0;
    }
    return false;
}

static size_t read_lines(char *text, const char ***lines, bool *small)
{
    size_t n = 0;
    char *line;
    while (text && (line = strsep(&text, "\n"))) {
        size_t len = strlen(line);
        if (len && line[len - 1] == '\r')
            line[len - 1] = '\0';
        trim(line);
        if (!*line || *line == '#')
            continue;
        *small = *small && is_small(line);
        array_push(fuzz_arena, *lines, n, line);
    }
    return n;
}

/* Whether the fixed list does not decide: it has names with these characters only. */
static bool is_free(const char *path)
{
    return !strpbrk(path_base(path), "._~#");
}

void fuzz_target(const char *data, size_t len)
{
    const char **lines = NULL;
    size_t size;
    bool small = true;
    char *text = fuzz_part(&data, &len, &size), *paths = fuzz_part(&data, &len, NULL), *path;
    fuzz_write(".gordonignore", text, size);
    if (strlen(text) != size || str_starts(text, "\xEF\xBB\xBF"))
        small = false;
    const char *file;
    const struct ignore *ignore =
        ignore_load(fuzz_arena, ".", path_absolute(fuzz_arena, "."), &file);
    size_t n = read_lines(text, &lines, &small);
    while (ignore && (path = strsep(&paths, "\n"))) {
        size_t end = strlen(path);
        bool is_dir = end && path[end - 1] == '/';
        if (is_dir)
            path[end - 1] = '\0';
        if (path_relative_fault(path) || end > LENGTH_MAX)
            continue;
        bool left_out = ignore_match(ignore, path, is_dir);
        if (small && is_free(path))
            fuzz_expect(left_out == expected(lines, n, path, is_dir),
                        arena_printf(fuzz_arena, "'%s' is left out as git does", path));
    }
}
