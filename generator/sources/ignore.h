/* ignore.h - which files are not packed: a fixed list, and a .gordonignore with git's patterns. */
#ifndef SOURCES_IGNORE_H
#define SOURCES_IGNORE_H
#include <stdbool.h>

struct arena;
struct ignore;

/* The rules for a code folder: the fixed list (.git, __pycache__, *.pyc, .DS_Store, editors' files,
 * .gordonignore itself), which always applies, and the rules of `dir`/.gordonignore if it exists: a
 * link must not lead out of `root`. Sets `*file` to its path, or to NULL. No other .gordonignore is
 * read. Returns NULL after a reported error (EXIT_BUILD). */
struct ignore *ignore_load(struct arena *arena, const char *dir, const char *root,
                           const char **file);
/* Whether `path`, relative to the code folder and without a leading "./", is left out. The caller
 * must leave out everything in such a folder without asking (gitignore: "it is not possible to
 * re-include a file if a parent directory of that file is excluded"). */
bool ignore_match(const struct ignore *ignore, const char *path, bool is_dir);
/* Whether the last rule of .gordonignore that matches `path` includes it, by a '!'. */
bool ignore_asks_for(const struct ignore *ignore, const char *path, bool is_dir);

#endif
