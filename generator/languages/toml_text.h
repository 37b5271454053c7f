/* toml_text.h - finds texts in TOML without reading all of it: enough to see which tables a
 * manifest has and which paths it names. */
#ifndef LANGUAGES_TOML_TEXT_H
#define LANGUAGES_TOML_TEXT_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A line `key = "value"`, or a part of one, as in an inline table. */
struct toml_value {
    const char *key;   /* the last part of a dotted key */
    const char *value; /* as written between the quotes */
    const char *table; /* the last header before it, such as "dependencies"; "" at the beginning */
    int line, column, length; /* of the value with its quotes; counted from 1 */
};

/* Finds all texts in quotes that follow a key and '='. Comments are skipped. */
struct toml_value *toml_values(struct arena *arena, const char *text, size_t *n);
/* Whether the text has the table or a table below it: [workspace] or [workspace.package]. */
bool toml_has_table(struct arena *arena, const char *text, const char *table);

#endif
