/* handler.h - checks that a zip has what its lambda's handler names. */
#ifndef LANGUAGES_HANDLER_H
#define LANGUAGES_HANDLER_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Checks the files of a zip: `own`, sorted, and those of the zip `dependencies`, which may be NULL.
 * Functions in files are not looked for. For Go and provided, checks that `bootstrap` can be
 * started. What is missing is an error (EXIT_BUILD) at the handler, or at the code if the handler
 * is the default one; it is a warning if a layer may bring it. Returns false after an error. */
bool handler_check(struct arena *arena, const struct package *package, const struct collection *own,
                   const char *dependencies);

#endif
