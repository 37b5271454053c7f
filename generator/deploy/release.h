/* release.h - releases: a build and the parameters of one stage in one file, which is all that
 * apply needs.
 *
 * A release is a sealed tar (archive/tar.h: every changed byte is found) of the templates, the zips
 * that they name, parameters/common.yml and parameters/<stage>.yml as they are, and manifest.json
 * with the SHA-256 of each. Writing one resolves nothing: it asks neither AWS nor the environment
 * for values. The same inputs give the same bytes. */
#ifndef DEPLOY_RELEASE_H
#define DEPLOY_RELEASE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/util.h" /* for struct table */

struct arena;
struct project;

/* What a release is made of. */
struct release_source {
    const struct project *project;
    const struct table *places; /* of the resources' stack: id to struct pos */
    const char *build_dir;
    const char *stage;
    const char *region; /* to apply it to; or NULL: apply decides */
};

/* Writes the release to `path`; does not touch an existing one with the same bytes. Sets `inputs`
 * for a depfile: absolute paths of the files of the build and of the parameters that it read, and
 * of the folder in which such a file may appear. An incomplete build is an error (EXIT_NOT_BUILT),
 * and so is a parameter without a value for the stage (EXIT_REQUIRED). False after an error that
 * was reported. */
bool release_write(const struct release_source *source, const char *path, const char ***inputs,
                   size_t *ninputs);

/* A release that was unpacked. */
struct release {
    struct project *project;    /* only what apply reads of it */
    const char *stage, *region; /* region: to apply it to, or NULL */
    const char *folder;         /* with the build and the parameters; NULL if it does not exist */
    struct table resources, parameters; /* names to the struct pos that asks for them */
};

/* Checks a release and unpacks it into a folder that only the user can read. False after an error
 * that was reported. Call release_close in any case: it removes the folder. */
bool release_open(struct arena *arena, const char *path, struct release *release);
void release_close(struct release *release);

#endif
