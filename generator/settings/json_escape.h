/* json_escape.h - escapes of JSON that YAML does not have. */
#ifndef SETTINGS_JSON_ESCAPE_H
#define SETTINGS_JSON_ESCAPE_H
#include <stddef.h>

struct arena;

/* Returns a JSON text as YAML 1.1 reads it, and sets its length in *len: a pair of surrogates, such
 * as \ud83d\ude00, becomes one escape of YAML, \U0001F600 (RFC 8259, 7; YAML 1.1, 5.6). */
const char *json_as_yaml(struct arena *arena, const char *text, size_t *len);

#endif
