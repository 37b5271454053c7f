/* manifest.h - manifest.json of a release: whose it is, for what, and the SHA-256 of each file.
 *
 * It also has what apply would else ask of settings.yml: places, so that a message about a resource
 * or a parameter names the line that asked for it. */
#ifndef DEPLOY_MANIFEST_H
#define DEPLOY_MANIFEST_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;
struct tar_file;

#define MANIFEST_NAME "manifest.json"

/* Where the settings ask for a resource, or refer to a parameter. */
struct manifest_place {
    const char *name;
    struct pos pos; /* its file from the project's folder on, or from Gordon's own data */
};

struct manifest {
    const char *project, *stage;
    const char *region;           /* that the release is for, or NULL: apply is told, */
    const char *default_region;   /* or takes this one */
    const char *account;          /* aws-account-id of the settings, or NULL */
    const struct tar_file *files; /* all but the manifest, sorted */
    size_t nfiles;
    const struct manifest_place *resources, *parameters;
    size_t nresources, nparameters;
};

/* Writes it; false after an error that was reported. */
bool manifest_write(const char *path, const struct manifest *manifest);
/* Reads it and checks all of it but the files' content; false after an error that was reported at
 * `release`, the file that it came in. */
bool manifest_read(struct arena *arena, const char *path, const char *release,
                   struct manifest *manifest);

#endif
