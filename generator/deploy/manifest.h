/* manifest.h - manifest.json of a release: its project, stage and region, and the SHA-256 of each
 * file.
 *
 * It also has places in settings.yml, which is not in a release, so that a message about a resource
 * or a parameter names the line that asks for it. */
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
    struct pos pos; /* its file is relative to the project's folder or to Gordon's data folder */
};

struct manifest {
    const char *project, *stage;
    const char *region;           /* of the release, or NULL */
    const char *default_region;   /* if neither the release nor apply is given a region */
    const char *account;          /* aws-account-id of the settings, or NULL */
    const struct tar_file *files; /* all but the manifest, sorted */
    size_t nfiles;
    const struct manifest_place *resources, *parameters;
    size_t nresources, nparameters;
};

/* Writes it; false after an error that was reported. */
bool manifest_write(const char *path, const struct manifest *manifest);
/* Reads it, and checks everything but the content of the files. Strings are in `arena`. False after
 * an error that was reported at `release`, the path of the release. */
bool manifest_read(struct arena *arena, const char *path, const char *release,
                   struct manifest *manifest);

#endif
