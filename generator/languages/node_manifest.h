/* node_manifest.h - reads a package.json: which packages it names, and where they come from. */
#ifndef LANGUAGES_NODE_MANIFEST_H
#define LANGUAGES_NODE_MANIFEST_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;

struct node_dependency {
    const char *name;
    const char *spec; /* the text of the manifest: a range, a URL, a path ... */
    const char *path; /* of a spec that names a file or folder: absolute or from `dir`; or NULL */
    bool replaces;    /* it is of `overrides` or the like, and names no dependency by itself */
    struct pos pos;   /* of the spec; line 0 if it is written with escapes */
};

struct node_manifest {
    const char *file, *dir;
    const char *name; /* NULL if it has none */
    struct node_dependency *dependencies;
    size_t ndependencies;
    const char **workspaces; /* patterns, as npm/map-workspaces reads them */
    size_t nworkspaces;
    bool pnpm;     /* these are of a pnpm-workspace.yaml */
    bool installs; /* scripts of it run when it is installed */
    bool prepares; /* its script `prepare` runs after an install */
};

/* Parses the text of a package.json (npm, "package.json"; a byte order mark is skipped). Reports
 * where it is no JSON object (EXIT_BUILD), and then returns false. */
bool node_manifest_parse(struct arena *arena, const char *file, const char *text,
                         struct node_manifest *manifest);
/* Takes the patterns of a pnpm-workspace.yaml, if it has any, for those of the manifest. */
void node_manifest_pnpm(struct arena *arena, const char *yaml, struct node_manifest *manifest);
/* Reads a package.json that a tool may have left in `dir`, within the folder `root`: the JSON,
 * which the caller frees, or NULL if it is missing or no JSON. Returns false after a reported
 * error. */
bool node_manifest_json(struct arena *arena, const char *root, const char *dir, json_t **json);
/* The path that a spec names, or NULL if it names none (npm-package-arg). */
const char *node_spec_path(struct arena *arena, const char *spec);
/* Whether `path`, relative to the folder of a workspace's root, is one of its packages by these
 * patterns. With `above`, whether a package may be below `path`. */
bool node_workspace_has(struct arena *arena, const char *const *patterns, size_t n,
                        const char *path, bool above);

#endif
