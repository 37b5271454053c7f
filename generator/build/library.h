/* library.h - finds the shared libraries that a program needs, as the dynamic loader does. */
#ifndef BUILD_LIBRARY_H
#define BUILD_LIBRARY_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"   /* for struct pos */
#include "sources/elf.h" /* for struct elf */

struct arena;

struct library {
    const char *name; /* by which it is needed, such as "libz.so.1" */
    const char *path;
    struct elf elf;
    const struct library *loader; /* the file that needs it; NULL for the program itself */
    bool libc;                    /* it is a part of glibc, or the loader */
};

struct library_search {
    struct arena *arena;
    const char *path; /* more folders to search, separated by ':'; or NULL */
    bool libc;        /* find the C library and the loader too */
    struct pos pos;   /* of errors */
};

/* Finds all libraries that `program` needs, directly or not: a list of pointers, without the
 * program itself. Searches the RPATH or RUNPATH of the file that needs a library, then
 * `search->path`, then the system's folders. Ignores LD_LIBRARY_PATH, because a build must be the
 * same in every shell. Reports each missing library as an error (EXIT_BUILD), and then returns
 * false. */
bool library_find(const struct library_search *search, const struct library *program,
                  struct library ***libraries, size_t *count);

#endif
