/* library.h - the shared libraries that a program needs, found as the dynamic loader finds them. */
#ifndef BUILD_LIBRARY_H
#define BUILD_LIBRARY_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */
#include "build/elf.h" /* for struct elf */

struct arena;

struct library {
    const char *name; /* as it is needed, such as "libz.so.1" */
    const char *path;
    struct elf elf;
    const struct library *loader; /* what needs it; NULL: it is the program itself */
    bool libc;                    /* a part of glibc, or the loader */
};

struct library_search {
    struct arena *arena;
    const char *path; /* folders to look into besides, with ':' between; or NULL */
    bool libc;        /* look for the C library and the loader too */
    struct pos pos;   /* of errors */
};

/* Finds the libraries of `program`, theirs, and so on: a list of pointers without the program
 * itself. Folders are those of RPATH or RUNPATH of what needs it, then those of the search, then
 * the system's; not those of LD_LIBRARY_PATH, as a build is to be the same in every shell. False
 * after an error (EXIT_BUILD), all that is missing being reported. */
bool library_find(const struct library_search *search, const struct library *program,
                  struct library ***libraries, size_t *count);

#endif
