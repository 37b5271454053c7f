/* source.h - where apply and diff take a build from: the project and its build folder, or a
 * release.
 */
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

/* Opens the project of --project, or the release at `path`; options.stage is NULL where the command
 * line has none. False after errors. Close it in any case. */
bool source_open(struct source *source, struct arena *arena, const struct command *command,
                 const char *path, struct deploy_options options);
void source_close(struct source *source);
/* What does not go with --release, which may be NULL, ends the program with 64. */
void source_check(const struct command *command, const char *release, bool project_named);

#endif
