#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "languages/toml.h"

enum { DEPTH_MAX = 64 }; /* nested arrays and inline tables */

struct reader {
    struct arena *arena;
    struct toml *toml;
    const char *file, *line_start, *p;
    int line, depth;
    bool quiet;
    const char *table; /* the path of the current table, or "" */
};

static struct pos here(const struct reader *r)
{
    int column = 1;
    for (const char *p = r->line_start; p < r->p; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    return (struct pos){.file = r->file, .line = r->line, .column = column};
}

static bool fail(const struct reader *r, const char *expected)
{
    return r->quiet
               ? false
               : diag_error(EXIT_BUILD, here(r), "this is not TOML: %s is expected here", expected);
}

static void next_line(struct reader *r)
{
    r->p++;
    r->line++;
    r->line_start = r->p;
}

static void skip_blanks(struct reader *r)
{
    r->p += strspn(r->p, " \t");
}

/* Skips white space, comments and ends of lines. */
static void skip_lines(struct reader *r)
{
    for (;; next_line(r)) {
        r->p += strspn(r->p, " \t\r");
        if (*r->p == '#')
            r->p += strcspn(r->p, "\n");
        if (*r->p != '\n')
            return;
    }
}

static const char *join(struct arena *arena, const char *path, const char *key)
{
    return *path ? arena_printf(arena, "%s.%s", path, key) : key;
}

/* --- strings ------------------------------------------------------------------------------ */

static void add_character(struct buf *out, unsigned long c)
{
    const unsigned char bytes[] = {
        (unsigned char)(0xF0 | c >> 18), (unsigned char)(0x80 | (c >> 12 & 0x3F)),
        (unsigned char)(0x80 | (c >> 6 & 0x3F)), (unsigned char)(0x80 | (c & 0x3F))};
    const unsigned char first = (unsigned char)(c < 0x80    ? c
                                                : c < 0x800 ? 0xC0 | c >> 6
                                                            : 0xE0 | c >> 12);
    size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    if (more == 3)
        buf_add(out, bytes, 1);
    else
        buf_add(out, &first, 1);
    buf_add(out, bytes + 4 - more, more);
}

/* Takes what follows a backslash. */
static bool take_escape(struct reader *r, struct buf *out)
{
    static const char names[] = "btnfre\"\\", values[] = "\b\t\n\f\r\x1B\"\\";
    const char *name = *r->p ? strchr(names, *r->p) : NULL;
    size_t digits = *r->p == 'u' ? 4 : *r->p == 'U' ? 8 : *r->p == 'x' ? 2 : 0;
    if (name) {
        buf_add(out, &values[name - names], 1);
        r->p++;
        return true;
    }
    if (!digits || strspn(r->p + 1, "0123456789abcdefABCDEF") < digits)
        return fail(r, "an escape such as \\n");
    unsigned long c = strtoul(arena_strndup(r->arena, r->p + 1, digits), NULL, 16);
    if (!c || c > 0x10FFFF)
        return fail(r, "a character");
    add_character(out, c);
    r->p += 1 + digits;
    return true;
}

/* Takes a string of one line, or of several if it begins with three quotes. */
static bool take_string(struct reader *r, const char **text)
{
    const char quote = *r->p, three[] = {quote, quote, quote, 0};
    bool several = str_starts(r->p, three), ok = true;
    struct buf out = {0};
    r->p += several ? 3 : 1;
    r->p += several && *r->p == '\r';
    if (several && *r->p == '\n')
        next_line(r);
    while (ok && (several ? !str_starts(r->p, three) || r->p[3] == quote : *r->p != quote)) {
        if (!*r->p || (*r->p == '\n' && !several)) {
            ok = fail(r, "the end of a string");
        } else if (*r->p == '\\' && quote == '"') {
            r->p++;
            if (several && (strchr("\r\n", *r->p) || r->p[strspn(r->p, " \t")] == '\n'))
                while (*r->p && strchr(" \t\r\n", *r->p))
                    *r->p == '\n' ? next_line(r) : (void)r->p++;
            else
                ok = take_escape(r, &out);
        } else {
            buf_add(&out, r->p, 1);
            *r->p == '\n' ? next_line(r) : (void)r->p++;
        }
    }
    r->p += !ok ? 0 : several ? 3 : 1;
    buf_add(&out, "", 0);
    *text = buf_text(r->arena, &out);
    return ok;
}

/* --- keys and values ---------------------------------------------------------------------- */

/* Takes a key, which may have several parts, and appends it to `path`. */
static bool take_key(struct reader *r, const char *path, const char **full)
{
    for (*full = path;; r->p++) {
        const char *part;
        skip_blanks(r);
        size_t len = strspn(r->p, STR_ALNUM "_-");
        if (*r->p == '"' || *r->p == '\'') {
            if (!take_string(r, &part))
                return false;
        } else if (len) {
            part = arena_strndup(r->arena, r->p, len);
            r->p += len;
        } else {
            return fail(r, "a key");
        }
        *full = join(r->arena, *full, part);
        skip_blanks(r);
        if (*r->p != '.')
            return true;
    }
}

static bool take_value(struct reader *r, const char *path);

static bool take_pair(struct reader *r, const char *table)
{
    const char *path;
    if (!take_key(r, table, &path))
        return false;
    if (*r->p != '=')
        return fail(r, "'='");
    r->p++;
    skip_blanks(r);
    return take_value(r, path);
}

/* Takes the items of an array or of an inline table, up to `end`. */
static bool take_items(struct reader *r, const char *path, char end)
{
    for (r->p++;;) {
        skip_lines(r);
        if (*r->p == end)
            break;
        if (!(end == ']' ? take_value(r, path) : take_pair(r, path)))
            return false;
        skip_lines(r);
        if (*r->p != ',' && *r->p != end)
            return fail(r, end == ']' ? "',' or ']'" : "',' or '}'");
        r->p += *r->p == ',';
    }
    r->p++;
    return true;
}

static bool take_value(struct reader *r, const char *path)
{
    struct toml_value value = {.path = path, .pos = here(r)};
    if (*r->p == '[' || *r->p == '{') {
        if (r->depth == DEPTH_MAX)
            return fail(r, "less nesting");
        r->depth++;
        bool ok = take_items(r, path, *r->p == '[' ? ']' : '}');
        r->depth--;
        return ok;
    }
    value.is_string = *r->p == '"' || *r->p == '\'';
    if (value.is_string) {
        if (!take_string(r, &value.text))
            return false;
    } else {
        size_t len = strcspn(r->p, " \t\r\n,]}#");
        if (!len)
            return fail(r, "a value");
        value.text = arena_strndup(r->arena, r->p, len);
        r->p += len;
    }
    array_push(r->arena, r->toml->values, r->toml->n, value);
    return true;
}

static bool take_header(struct reader *r)
{
    bool several = r->p[1] == '[';
    struct toml_table table = {.pos = here(r)};
    r->p += several ? 2 : 1;
    if (!take_key(r, "", &table.path))
        return false;
    if (*r->p != ']' || (several && r->p[1] != ']'))
        return fail(r, "']'");
    r->p += several ? 2 : 1;
    r->table = table.path;
    array_push(r->arena, r->toml->tables, r->toml->ntables, table);
    return true;
}

bool toml_read(struct arena *arena, const char *file, const char *text, bool quiet,
               struct toml *toml)
{
    text += str_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
    struct reader r = {arena, toml, file, text, text, 1, 0, quiet, ""};
    *toml = (struct toml){0};
    for (skip_lines(&r); *r.p; skip_lines(&r)) {
        if (!(*r.p == '[' ? take_header(&r) : take_pair(&r, r.table)))
            return false;
        r.p += strspn(r.p, " \t\r");
        if (*r.p && *r.p != '\n' && *r.p != '#')
            return fail(&r, "the end of the line");
    }
    return true;
}

const struct toml_value *toml_get(const struct toml *toml, const char *path)
{
    for (size_t i = 0; i < toml->n; i++)
        if (strcmp(toml->values[i].path, path) == 0)
            return &toml->values[i];
    return NULL;
}

const struct toml_table *toml_table(const struct toml *toml, const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < toml->ntables; i++)
        if (str_starts(toml->tables[i].path, path) && strchr(".", toml->tables[i].path[len]))
            return &toml->tables[i];
    return NULL;
}
