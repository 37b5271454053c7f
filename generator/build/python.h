/* python.h - what is particular about installing Python packages for a lambda. */
#ifndef BUILD_PYTHON_H
#define BUILD_PYTHON_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Appends pip's arguments for wheels of the lambda's platform, whatever the host is. */
void python_platform_args(struct arena *arena, const char *runtime, const char *architecture,
                          const char ***argv, size_t *n);
/* Appends the files that a requirements file in `code` reads besides itself: other requirements and
 * constraints, and wheels that it names by path. */
void python_included(struct arena *arena, const char *code, const char *manifest,
                     const char ***paths, size_t *n);
/* Takes out of an installed folder what depends on the machine: bytecode, scripts with a path of
 * the host, notes where a package came from, and their lines in RECORD. */
bool python_clean(struct arena *arena, const char *into);

#endif
