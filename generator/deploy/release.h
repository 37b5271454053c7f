/* release.h - release bundles: a build and the configuration of one stage in one file, from which
 * apply needs nothing else.
 *
 * A release is a sealed tar (tar.h: any byte that changes is found) of the templates, the zips that
 * they name, parameters/common.yml and parameters/<stage>.yml as they are, and manifest.json with
 * the SHA-256 of each. Making one resolves nothing: no AWS is asked, and no environment variable is
 * read. The same inputs give the same bytes. */
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
    const char *region; /* that it is for; or NULL: that is said when it is applied */
};

/* Writes the release to `path`; an existing one of the same bytes is not touched. Gives what was
 * read besides the build and the settings, or would be if it were there, for a depfile. A build
 * that is not whole is an error (EXIT_NOT_BUILT), and so is a parameter without a value for the
 * stage (EXIT_REQUIRED). False after an error that was reported. */
bool release_write(const struct release_source *source, const char *path, const char ***inputs,
                   size_t *ninputs);

/* A release that was unpacked. */
struct release {
    struct project *project;    /* no more of it than apply asks for */
    const char *stage, *region; /* region: that it is for, or NULL */
    const char *folder;         /* with the build and the parameters; NULL when it is not there */
    struct table resources, parameters; /* names to the struct pos of who asks for them */
};

/* Checks a release and unpacks it into a folder that only the user can look into. False after an
 * error that was reported. Close it in any case: that takes the folder away. */
bool release_open(struct arena *arena, const char *path, struct release *release);
void release_close(struct release *release);

#endif
