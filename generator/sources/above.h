/* above.h - the part of a project that Maven or Gradle reads to build the code of one folder: what
 * the manifests name outside of that folder, such as a parent, a sibling module or a catalog. */
#ifndef SOURCES_ABOVE_H
#define SOURCES_ABOVE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct above {
    const char *project; /* the project's folder, absolute: set by the caller, as the next */
    const char *code;    /* absolute */
    const char *base;    /* the folder that has all: `code`, or one above it in the project */
    const char *run;     /* where the tool runs: in `base`; of Maven, the top of the reactor */
    const char **looked; /* absolute paths that decide this, also of files that are missing */
    size_t nlooked;
};

/* Fills the struct from Maven's POMs: parents, modules, and paths with "..". Reports each path that
 * is there, but not in the project, and then returns false. Runs nothing. */
bool above_maven(struct arena *arena, struct above *above);
/* The same from Gradle's build files: settings files above, and strings with "..". */
bool above_gradle(struct arena *arena, struct above *above);

/* For the two: adds a file to `looked`, and reads it; `*text` is NULL if it is missing. Returns
 * false after a reported error. */
bool above_read(struct arena *arena, struct above *above, const char *path, char **text);
/* For the two: a path that a manifest names at `offset` of its text. Extends `base`. Sets `*path`
 * to the absolute path, or to NULL if nothing is there. Returns false after a reported error. */
struct above_name {
    const char *manifest, *text; /* the file, and all of its text */
    size_t offset, len;          /* of the name in the text */
    const char *folder;          /* where a relative path begins */
    const char *value;           /* the path, without variables */
    const char *what;            /* for the message: "the parent", "this path" */
};
bool above_add(struct arena *arena, struct above *above, const struct above_name *name,
               const char **path);
/* Makes `base` contain this folder, which is in the project. */
void above_extend(struct arena *arena, struct above *above, const char *folder);

#endif
