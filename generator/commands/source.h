/* source.h - the build that apply and diff work with: the project's build folder, or a release. */
#ifndef COMMANDS_SOURCE_H
#define COMMANDS_SOURCE_H
#include <stdbool.h>

#include "build/load.h"      /* for struct loaded */
#include "commands/deploy.h" /* for struct deploy_options */
#include "deploy/release.h"  /* for struct release */

struct source {
    const char *path; /* of the release, or NULL */
    struct loaded loaded;
    struct release release;
    struct deployment deployment; /* set by source_open */
};

/* Opens the release at `path`, or the project of --project if `path` is NULL. options.stage is NULL
 * if the command line has none. Returns false after errors. Call source_close in either case. */
bool source_open(struct source *source, struct arena *arena, const struct command *command,
                 const char *path, struct deploy_options options);
void source_close(struct source *source);
/* Ends the program with 64 if --release is given (not NULL) together with --build-dir or --project,
 * which `project_named` says. */
void source_check(const struct command *command, const char *release, bool project_named);

#endif
