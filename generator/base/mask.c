#include <stdbool.h>
#include <string.h>

#include "base/mask.h"
#include "base/util.h"
#include "base/view.h"

enum { DEPTH = 2 }; /* encodings within each other */

static struct masked {
    const char *text;
    size_t len;
    enum mask mask;
} * list;
static size_t count;
static struct arena *memory;

static void add(const char *text, size_t len, enum mask mask)
{
    if (len < MASK_MIN)
        return;
    struct masked masked = {arena_strndup(memory, text, len), len, mask};
    array_push(memory, list, count, masked);
}

void mask_add(const char *text, enum mask mask)
{
    static const char blank[] = " \t\r";
    memory = memory ? memory : arena_new();
    add(text, strlen(text), mask);
    for (const char *line = text, *end; *line; line = end + (*end != '\0')) {
        end = line + strcspn(line, "\n");
        const char *from = line + strspn(line, blank), *to = end;
        while (to > from && strchr(blank, to[-1]))
            to--;
        if (from > text || *to)
            add(from, (size_t)(to > from ? to - from : 0), mask);
    }
}

/* Marks in `covered` where the first text has what is masked and found in the view. */
static void cover(const struct view *view, enum mask least, char *covered)
{
    for (size_t i = 0; i < count; i++) {
        const struct masked *m = &list[i];
        const char *at = view->bytes, *end = view->bytes + view->n;
        if (m->mask < least)
            continue;
        for (; (at = memmem(at, (size_t)(end - at), m->text, m->len)); at++) {
            size_t first = (size_t)(at - view->bytes), last = first + m->len - 1;
            memset(covered + view->from[first], true, view->to[last] - view->from[first]);
        }
    }
}

static void look(const struct view *view, int depth, enum mask least, char *covered)
{
    cover(view, least, covered);
    for (int encoding = 0; depth && view->n >= MASK_MIN && encoding < VIEWS; encoding++) {
        struct arena *arena = arena_new();
        struct view decoded;
        if (view_decode(arena, view, encoding, &decoded))
            look(&decoded, depth - 1, least, covered);
        arena_free(arena);
    }
}

/* Returns the text with "..." for each part that is covered. */
static char *without(const char *text, size_t len, const char *covered)
{
    struct buf out = {0};
    for (size_t i = 0, from; i < len;) {
        for (from = i; i < len && !covered[i]; i++)
            ;
        buf_add(&out, text + from, i - from);
        buf_adds(&out, i < len ? "..." : "");
        while (i < len && covered[i])
            i++;
    }
    char *copy = arena_strndup(memory, out.data ? out.data : "", out.len);
    buf_free(&out);
    return copy;
}

char *mask_text(const char *text, enum mask least)
{
    size_t len = strlen(text);
    memory = memory ? memory : arena_new();
    if (!count || len < MASK_MIN)
        return arena_strndup(memory, text, len);
    struct arena *arena = arena_new();
    char *covered = arena_alloc(arena, len);
    struct view view = view_of(arena, text, len);
    look(&view, DEPTH, least, covered);
    char *masked = without(text, len, covered);
    arena_free(arena);
    return masked;
}

void mask_end(void)
{
    arena_free(memory);
    memory = NULL;
    list = NULL;
    count = 0;
}
