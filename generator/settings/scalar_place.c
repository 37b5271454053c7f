#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/util.h"
#include "settings/scalar_place.h"

/* A scalar in the file. */
struct source {
    const char *start, *content, *end; /* the content of a block scalar begins after its header */
};

/* Moves `place` by the characters from `text` to `end`. */
static void move(struct pos *place, const char *text, const char *end)
{
    for (; text < end; text++) {
        if (*text == '\n' || (*text == '\r' && text[1] != '\n'))
            place->line++, place->column = 1;
        else if (*text != '\r')
            place->column += ((unsigned char)*text & 0xC0) != 0x80;
    }
}

/* The byte after `n` characters. */
static const char *character(const char *text, const char *end, size_t n)
{
    for (; n && text < end; n--)
        for (text++; text < end && ((unsigned char)*text & 0xC0) == 0x80;)
            text++;
    return text;
}

static bool begins_at(const yaml_event_t *event, struct pos pos)
{
    return event->type == YAML_SCALAR_EVENT && (int)event->start_mark.line + 1 == pos.line &&
           (int)event->start_mark.column + 1 == pos.column;
}

/* Fills `source` from the event of a scalar, if it has this value. */
static bool read_source(const yaml_event_t *event, const char *value, const char *text, size_t len,
                        struct source *source)
{
    yaml_scalar_style_t style = event->data.scalar.style;
    if (strcmp((const char *)event->data.scalar.value, value) != 0)
        return false;
    source->start = character(text, text + len, event->start_mark.index);
    source->end = character(text, text + len, event->end_mark.index);
    source->content = source->start;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        source->content += strcspn(source->start, "\r\n");
    return source->content <= source->end;
}

static bool find_source(struct pos scalar, const char *value, const char *text, size_t len,
                        struct source *source)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool found = false, more = true;
    if (!yaml_parser_initialize(&parser))
        fatal("out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    while (more && yaml_parser_parse(&parser, &event)) {
        more = event.type != YAML_STREAM_END_EVENT && !begins_at(&event, scalar);
        found = begins_at(&event, scalar) && read_source(&event, value, text, len, source);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return found;
}

/* Returns how often `part` is in the text from `start` to `end`. Sets *place to its n-th place. */
static size_t count(const char *start, const char *end, const char *part, size_t len, size_t n,
                    const char **place)
{
    size_t found = 0;
    while ((start = memmem(start, (size_t)(end - start), part, len))) {
        if (found++ == n)
            *place = start;
        start += len;
    }
    return found;
}

struct pos scalar_place(struct arena *arena, struct pos scalar, const char *value, size_t offset,
                        size_t len)
{
    struct source source;
    struct pos place = scalar;
    size_t size;
    const char *part = arena_strndup(arena, value + offset, len), *found = NULL;
    const char *text = scalar.file ? file_read(arena, scalar.file, &size) : NULL;
    if (!text)
        return scalar;
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* as in node_parse */
        text += 3, size -= 3;
    if (!find_source(scalar, value, text, size, &source))
        return scalar;
    size_t before = count(value, value + offset, part, len, 0, &found);
    size_t all = count(value, value + strlen(value), part, len, 0, &found);
    if (count(source.content, source.end, part, len, before, &found) != all)
        return scalar;
    move(&place, source.start, found);
    place.length = (int)str_characters(part);
    return place;
}
