/* toml.h - reads a TOML file into the values in it, with their places. Source: TOML 1.0.0.
 *
 * It is for manifests and lock files that their own tools check: what is not TOML may be read as
 * something, and dates and numbers are kept as they are written. */
#ifndef LANGUAGES_TOML_H
#define LANGUAGES_TOML_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;

/* A value that is neither a table nor an array. In an array of the key `a.b`, each item has the
 * path `a.b`; so has each item of an array of tables. */
struct toml_value {
    const char *path; /* keys with '.' between them */
    const char *text; /* of a string; or the value as it is written */
    bool is_string;
    struct pos pos;
};

struct toml {
    struct toml_value *values;
    size_t n;
    struct toml_table {
        const char *path;
        struct pos pos;
    } * tables; /* each [header] */
    size_t ntables;
};

/* Reads `text`, which is that of `file`. Returns false after reporting an error (EXIT_BUILD) at a
 * place that cannot be read, unless `quiet`. */
bool toml_read(struct arena *arena, const char *file, const char *text, bool quiet,
               struct toml *toml);
/* The first value with this path, or NULL. */
const struct toml_value *toml_get(const struct toml *toml, const char *path);
/* The first table with this path, or below it; or NULL. */
const struct toml_table *toml_table(const struct toml *toml, const char *path);

#endif
