/* ignore.h - what is never packed: a fixed list, and a .gordonignore with git's pattern rules. */
#ifndef BUILD_IGNORE_H
#define BUILD_IGNORE_H
#include <stdbool.h>

struct arena;
struct ignore;

/* The rules for a code folder: the fixed list (.git, __pycache__, *.pyc, .DS_Store, editors' files,
 * .gordonignore itself), which always holds, and those of `dir`/.gordonignore when there is one; no
 * other .gordonignore is read. NULL after an error that was reported (EXIT_BUILD). */
struct ignore *ignore_load(struct arena *arena, const char *dir);
/* Whether `path`, relative to the code folder and without a leading "./", is left out. What lies in
 * a folder that is left out need not be asked for: it is out (gitignore: "it is not possible to
 * re-include a file if a parent directory of that file is excluded"). */
bool ignore_match(const struct ignore *ignore, const char *path, bool is_dir);

#endif
