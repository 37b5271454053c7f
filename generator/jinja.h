/* The Jinja2 subset; being written. */
#include <jansson.h>
#include "diag.h"
char *jinja_render(struct arena *arena, const char *text, struct pos pos, json_t *(*lookup)(const char *name, void *data), void *data);
