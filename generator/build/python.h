/* python.h - the parts of an install that only Python has: platforms, included files, clean-up. */
#ifndef BUILD_PYTHON_H
#define BUILD_PYTHON_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Appends pip's arguments for wheels of the lambda's platform, whatever platform this is. */
void python_platform_args(struct arena *arena, const char *runtime, const char *architecture,
                          const char ***argv, size_t *n);
/* Appends the files that a requirements file in `code` includes, directly or not: other
 * requirements and constraints, and local files such as wheels. Returns false after reporting that
 * one is outside of `root` or cannot be read; missing ones are left to pip. */
bool python_included(struct arena *arena, const char *root, const char *code, const char *manifest,
                     const char ***paths, size_t *n);
/* Removes from an installed folder what depends on the machine: scripts, which contain a path of
 * the host, direct_url.json, which says where a package came from, and the lines in RECORD for
 * these and for bytecode, which is never packed (ignore.h). Returns false with errno. */
bool python_clean(struct arena *arena, const char *into);

#endif
