/* code.h - the unpacked zips of a lambda and of its layers, read-only, kept in the cache by their
 * digests, so that a lambda that was not changed starts at once. */
#ifndef LOCAL_CODE_H
#define LOCAL_CODE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct code {
    const char *const *zips; /* unpacked one over the other, as Lambda does with layers */
    size_t n;
    const char *extra, *extra_text; /* a file besides, relative, and its content; or NULL */
};

/* Returns the folder of the unpacked files; NULL after an error, which is reported. */
const char *code_unpack(struct arena *arena, const struct code *code);

#endif
