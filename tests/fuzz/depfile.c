/* Depfiles: names, one in each line, are read back as Ninja reads them. */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "fuzz.h"
#include "sources/depfile.h"

/* Characters that are part of a name without an escape (Ninja, depfile_parser.in.cc). */
static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
           (c && strchr("+?\"'&,/_:.~()}{%=@[]!-", c));
}

static bool is_line_end(const char *c)
{
    return *c == '\n' || (*c == '\r' && c[1] == '\n');
}

/* Takes the backslashes at `c` and what they escape. Returns what follows, or NULL if the name ends
 * before `c`. */
static const char *take_slashes(const char *c, struct buf *name)
{
    size_t n = strspn(c, "\\");
    const char *behind = c + n;
    if (*behind == ' ') { /* each pair is one; an odd one escapes the space */
        for (size_t i = 0; i < (n % 2 ? n / 2 : n); i++)
            buf_adds(name, "\\");
        if (n % 2)
            buf_adds(name, " ");
        return n % 2 ? behind + 1 : behind;
    }
    if (is_line_end(behind)) { /* a line goes on; other backslashes belong to the name */
        for (size_t i = 1; i < n; i++)
            buf_adds(name, "\\");
        return n > 1 ? behind - 1 : NULL;
    }
    for (size_t i = *behind == '#' || *behind == ':'; i < n; i++)
        buf_adds(name, "\\");
    if (*behind == '#' || *behind == ':')
        buf_add(name, behind++, 1);
    return behind;
}

/* Reads the next name at `c`. Returns what follows it. */
static const char *take_name(const char *c, struct buf *name)
{
    for (const char *next; *c; c = next) {
        next = NULL;
        if (*c == '\\')
            next = take_slashes(c, name);
        else if (c[0] == '$' && c[1] == '$')
            next = c + 2, buf_adds(name, "$");
        else if (is_plain(*c))
            next = c + 1, buf_add(name, c, 1);
        if (!next)
            break;
    }
    return c;
}

/* Skips what is in no name. */
static const char *skip(const char *c)
{
    while (*c && *c != '$' && !is_plain(*c) && !(*c == '\\' && !is_line_end(c + 1)))
        c++;
    return *c == '$' && c[1] != '$' ? c + 1 : c;
}

static void read_back(const char *text, const char *const *names, size_t n)
{
    size_t found = 0;
    struct buf name = {0};
    for (const char *c = skip(text); *c; c = skip(c)) {
        const char *end = take_name(c, &name);
        if (!name.len) {
            c = end > c ? end : c + 1;
            continue;
        }
        const char *wanted = found ? names[found - 1] : "out:";
        fuzz_expect(found <= n && strcmp(name.data, wanted) == 0, "Ninja reads this name");
        found++;
        buf_free(&name);
        c = end;
    }
    buf_free(&name);
    fuzz_expect(found == n + 1, "Ninja reads all names");
}

void fuzz_target(const char *data, size_t len)
{
    char *rest = arena_strndup(fuzz_arena, data, len), *line;
    const char **names = NULL;
    size_t n = 0, read;
    while ((line = strsep(&rest, "\n")))
        if (*line && depfile_can_name(line))
            array_push(fuzz_arena, names, n, line);
    fuzz_expect(depfile_write("d", "out", names, n), "the depfile is written");
    read_back(file_read(fuzz_arena, "d", &read), names, n);
}
