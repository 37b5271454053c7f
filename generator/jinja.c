#include "jinja.h"
#include "util.h"
char *jinja_render(struct arena *arena, const char *text, struct pos pos,
                   json_t *(*lookup)(const char *name, void *data), void *data)
{
    (void)pos;(void)lookup;(void)data;return arena_strdup(arena, text);
}
