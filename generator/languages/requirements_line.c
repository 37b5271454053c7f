#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "languages/requirements_line.h"

static const char blanks[] = " \t\f\v";

static bool is_comment(const char *text)
{
    return text[strspn(text, blanks)] == '#';
}

/* Ends the text at a '#' that begins it or follows white space. */
static void cut_comment(char *text)
{
    for (char *hash = text; (hash = strchr(hash, '#')); hash++)
        if (hash == text || strchr(blanks, hash[-1])) {
            *hash = '\0';
            break;
        }
    for (size_t len = strlen(text); len && strchr(blanks, text[len - 1]); len--)
        text[len - 1] = '\0';
}

bool requirements_line_next(struct arena *arena, char **rest, int *number,
                            struct requirements_line *line)
{
    struct buf text = {0};
    bool goes_on = true;
    *line = (struct requirements_line){0};
    while (goes_on && *rest) {
        char *start = strsep(rest, "\n");
        size_t len = strlen(start);
        ++*number;
        if (len && start[len - 1] == '\r')
            start[--len] = '\0';
        goes_on = len && start[len - 1] == '\\' && !is_comment(start);
        size_t skipped = goes_on ? strspn(start, "\\") : 0, used = len;
        while (goes_on && used > skipped && start[used - 1] == '\\')
            used--;
        if (is_comment(start)) /* also after a line that goes on, it is one */
            buf_adds(&text, " ");
        struct requirements_part part = {text.len, *number, start, skipped};
        array_push(arena, line->parts, line->nparts, part);
        buf_add(&text, start + skipped, used - skipped);
    }
    if (!line->nparts)
        return false;
    line->text = arena_strdup(arena, text.data ? text.data : "");
    buf_free(&text);
    cut_comment(line->text);
    return true;
}

struct pos requirements_line_pos(const struct requirements_line *line, struct pos pos, size_t at)
{
    const struct requirements_part *part = line->parts;
    for (size_t i = 1; i < line->nparts && line->parts[i].at <= at; i++)
        part = &line->parts[i];
    int column = 1;
    const char *p = part->start, *end = part->start + part->skipped + (at - part->at);
    for (; p < end; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    return (struct pos){.file = pos.file, .line = part->line, .column = column};
}

size_t requirements_word_length(const char *text)
{
    const char *p = text;
    for (char quote = 0; *p && (quote || !strchr(blanks, *p)); p++) {
        if (*p == '\\' && p[1] && quote != '\'')
            p++;
        else if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
    }
    return (size_t)(p - text);
}

const char *requirements_variable(const char *text, size_t *len)
{
    for (; (text = strstr(text, "${")); text += 2) {
        *len = strspn(text + 2, STR_UPPER STR_DIGITS "_");
        if (*len && text[2 + *len] == '}') {
            *len += 3;
            return text;
        }
    }
    return NULL;
}

const char *requirements_expand(struct arena *arena, const char *text)
{
    struct buf out = {0};
    size_t len;
    for (const char *at; (at = requirements_variable(text, &len)); text = at + len) {
        const char *value = getenv(arena_strndup(arena, at + 2, len - 3));
        buf_add(&out, text, (size_t)(at - text));
        if (value && *value)
            buf_adds(&out, value);
        else
            buf_add(&out, at, len);
    }
    buf_adds(&out, text);
    return buf_text(arena, &out);
}
