#include <string.h>

#include "base/util.h"
#include "languages/toml_text.h"

static const char key_signs[] = STR_ALNUM "_-";

/* The header of a table in a line, without its brackets; or NULL. */
static char *header_of(struct arena *arena, const char *line)
{
    const char *name = line + strspn(line, " \t[");
    size_t len = strcspn(name, "]");
    return line[strspn(line, " \t")] == '[' && name[len] == ']' && !strpbrk(line, "\"',")
               ? arena_strndup(arena, name, len)
               : NULL;
}

/* The key before the quote at `quote` in a line, or NULL if there is no '=' between them. */
static char *key_before(struct arena *arena, const char *line, const char *quote)
{
    const char *end = quote;
    while (end > line && strchr(" \t", end[-1]))
        end--;
    if (end == line || *--end != '=')
        return NULL;
    while (end > line && strchr(" \t\"'", end[-1]))
        end--;
    const char *begin = end;
    while (begin > line && strchr(key_signs, begin[-1]))
        begin--;
    return begin < end ? arena_strndup(arena, begin, (size_t)(end - begin)) : NULL;
}

static void find_in_line(struct arena *arena, const char *line, struct toml_value place,
                         struct toml_value **values, size_t *n)
{
    for (const char *c = line; (c = strpbrk(c, "#\"'")) && *c != '#';) {
        const char *end = strchr(c + 1, *c);
        if (!end)
            return;
        place.key = key_before(arena, line, c);
        place.value = arena_strndup(arena, c + 1, (size_t)(end - c - 1));
        place.column = (int)(c - line) + 1;
        place.length = (int)(end - c) + 1;
        if (place.key)
            array_push(arena, *values, *n, place);
        c = end + 1;
    }
}

struct toml_value *toml_values(struct arena *arena, const char *text, size_t *n)
{
    struct toml_value *values = NULL, place = {.table = ""};
    char *rest = arena_strdup(arena, text);
    *n = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        const char *header = header_of(arena, line);
        place.line++;
        if (header)
            place.table = header;
        else
            find_in_line(arena, line, place, &values, n);
    }
    return values;
}

bool toml_has_table(struct arena *arena, const char *text, const char *table)
{
    char *rest = arena_strdup(arena, text);
    size_t len = strlen(table);
    for (char *line; (line = strsep(&rest, "\n"));) {
        const char *header = header_of(arena, line);
        if (header && str_starts(header, table) && (header[len] == '\0' || header[len] == '.'))
            return true;
    }
    return false;
}
