#include <string.h>

#include "base/util.h"
#include "settings/function.h"
#include "settings/reader.h"

static struct pos mark_pos(const struct reader *r, yaml_mark_t start, yaml_mark_t end)
{
    int length =
        start.line == end.line && end.column > start.column ? (int)(end.column - start.column) : 1;
    return (struct pos){r->path, (int)start.line + 1, (int)start.column + 1, length};
}

struct pos reader_pos(const struct reader *r)
{
    return mark_pos(r, r->event.start_mark, r->event.end_mark);
}

const char *reader_shown(const struct reader *r, const char *word)
{
    return diag_concealed(r->path) ? "..." : word;
}

const struct node *reader_fail(struct reader *r, struct pos pos, const char *message)
{
    if (!r->failed)
        diag_error(EXIT_OTHER, pos, "%s", message);
    r->failed = true;
    return NULL;
}

static struct pos byte_pos(const struct reader *r, size_t offset)
{
    struct pos pos = {r->path, 1, 1, 1};
    for (const char *c = r->text; c < r->text + offset; c++) {
        if (*c == '\n')
            pos.line++, pos.column = 1;
        else
            pos.column += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return pos;
}

/* Returns a hint at the usual cause of libyaml's error, or "". */
static const char *parser_hint(const yaml_parser_t *p)
{
    static const struct {
        const char *says, *hint;
    } table[] = {
        {"cannot start any token",
         " (YAML is indented by spaces, not tabs; quote a text that begins "
         "with '@' or '`')"},
        {"did not find expected ',' or '}'",
         " (close it with '}', and quote a text with one of { } [ ] , such as \"sub://${Name}\")"},
        {"did not find expected ',' or ']'",
         " (close it with ']', and quote a text with one of { } [ ] , in it)"},
        {"scanning an alias", " (quote a text that begins with '*')"},
        {"scanning an anchor", " (quote a text that begins with '&')"},
        {"scanning a tag", " (quote a text that begins with '!')"},
        {"could not find expected ':'",
         " (write ': ' after a key, and indent the continuation lines of "
         "a text)"},
    };
    for (size_t i = 0; i < countof(table); i++)
        if ((p->problem && strstr(p->problem, table[i].says)) ||
            (p->context && strstr(p->context, table[i].says)))
            return table[i].hint;
    return "";
}

void reader_fail_parser(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        fatal_memory();
    if (p->error == YAML_READER_ERROR) { /* libyaml reads ahead: its mark is before the error */
        diag_error(EXIT_OTHER, byte_pos(r, p->problem_offset), "%s; settings are UTF-8 text",
                   p->problem);
    } else {
        struct pos pos = mark_pos(r, p->problem_mark, p->problem_mark);
        bool at_end = p->problem_mark.index >= r->len;
        if (at_end && p->context) /* the start says more */
            pos = mark_pos(r, p->context_mark, p->context_mark);
        const char *hint = parser_hint(p);
        diag_error(EXIT_OTHER, pos, "%s%s%s%s", p->problem ? p->problem : "not YAML",
                   p->context ? ", " : "", p->context ? p->context : "", hint);
    }
    r->failed = true;
}

const char *reader_unknown_tag(const struct reader *r, const char *tag, const char *advice)
{
    const char *near = r->schemes ? function_nearest_tag(tag) : NULL;
    return near ? arena_printf(r->arena, "there is no tag '%s'; did you mean '%s'?", tag, near)
                : arena_printf(r->arena, "the tag '%s' has no meaning here%s", reader_shown(r, tag),
                               advice);
}
