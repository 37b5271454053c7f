/* python.h - the parts of an install that only Python has: platforms, environment, clean-up. */
#ifndef LANGUAGES_PYTHON_H
#define LANGUAGES_PYTHON_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct package;

/* Appends pip's arguments for wheels of the lambda's platform, whatever platform this is. */
void python_platform_args(struct arena *arena, const char *runtime, const char *architecture,
                          const char ***argv, size_t *n);
/* Variables with which pip runs, so that packages are built to the same files. */
extern const char *const python_env[];
/* Removes from an installed folder what depends on the machine or the time: the path of the host's
 * Python in scripts, direct_url.json, which says where a package came from, the tool's version in
 * WHEEL, and the lines in RECORD for these and for bytecode, which is never packed (ignore.h).
 * Returns false with errno. */
bool python_clean(struct arena *arena, const char *into);
/* Checks that nothing in an installed folder was compiled for this machine. Reports an error. */
bool python_check(struct arena *arena, const struct package *package, const char *into);

#endif
