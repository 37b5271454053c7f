/* places.h - several stages and regions at once: a gordon for each, side by side. Their lines come
 * as they are written, each with its place in front; with --json each object says its "stage" and
 * "region", as far as they are named, and one without them is the end of all. */
#ifndef COMMANDS_PLACES_H
#define COMMANDS_PLACES_H
#include <stdbool.h>

#include "commands/deploy.h" /* for struct deploy_options */

struct arena;

/* Whether the command line names more than one place. Sets options->stage and options->region to
 * what it names else. Wrong names, and several stages for a `release`, which may be NULL, end the
 * program with 64. What options gets is in `arena`. */
bool places_several(const struct command *command, struct arena *arena,
                    struct deploy_options *options, const char *release);
/* Runs this command with these arguments in each place; gives the exit status: that of the first
 * place that failed, in the order of the command line. */
int places_run(const struct command *command, const struct deploy_options *options,
               const char *release, int argc, char *const argv[]);
/* The arguments as they are, before opt_parse moves them. */
char **places_keep(struct arena *arena, int argc, char *argv[]);

#endif
