/* installer.h - the tools that bring a lambda's dependencies: a table, one row for each manifest.
 */
#ifndef BUILD_INSTALLER_H
#define BUILD_INSTALLER_H
#include <stdbool.h>
#include <stddef.h>

#include "resources/runtime.h" /* for enum language */

struct arena;
struct package;

/* Where a tool runs: never where it could write to the source. */
enum installer_place {
    IN_CODE, /* in the code folder, as paths in its manifest start there; it writes to `into` only
              */
    IN_COPY, /* in a copy of the files that decide */
    IN_INTO, /* the same, and that is what it fills */
};

struct installer {
    enum language language;
    const char *manifest;                                  /* what must be there for it to run */
    const char *const *programs;                           /* the first of them that is in PATH */
    const char *(*setting)(const struct package *package); /* the program's path, or NULL */
    const char *version;                                   /* its argument to tell its version */
    enum installer_place place;
    /* Whether a file of the code folder, by its path in there, decides what is installed. */
    bool (*decides)(const char *name);
    /* Whether for this package every file of the code folder does; may be NULL. */
    bool (*needs_all)(struct arena *arena, const struct package *package);
    /* Appends the arguments, and writes nothing; `into` is absolute. False when a quote in the
     * settings is open. */
    bool (*arguments)(struct arena *arena, const struct package *package, const char *into,
                      const char ***argv, size_t *n);
    /* Takes out of `into` what is not packed, or not the same on every machine; may be NULL. */
    bool (*finish)(struct arena *arena, const char *into);
    const char *hint;   /* what to do when it fails */
    const char *packed; /* how the names begin of what is packed of `into`; NULL: all is */
    /* Writes what the arguments name beside `into`; false with errno; may be NULL. */
    bool (*prepare)(struct arena *arena, const char *into);
};

/* The row for a package's code folder as it is now, or NULL: nothing to install. */
const struct installer *installer_of(struct arena *arena, const struct package *package);
/* Its argument vector, terminated; NULL when a quote in the settings is not closed. */
const char **installer_argv(struct arena *arena, const struct installer *installer,
                            const struct package *package, const char *into);
/* The argument vector that makes the program tell its version. */
const char **installer_version_argv(struct arena *arena, const struct installer *installer,
                                    const struct package *package);

#endif
