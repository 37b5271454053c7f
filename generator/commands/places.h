/* places.h - runs a command in several places at once, one process of gordon for each. A place is a
 * stage and a region. Each line of output is printed as soon as it is complete, behind the label of
 * its place. With --json, each object gets the "stage" and "region" of its place, if they are
 * known; the last object has neither, and is the end of all places. */
#ifndef COMMANDS_PLACES_H
#define COMMANDS_PLACES_H
#include <stdbool.h>

#include "commands/deploy.h" /* for struct deploy_options */

struct arena;

/* Returns whether the command line names more than one place. If not, options->stage and
 * options->region are what it names, or NULL. Invalid names, and several stages with a `release`
 * (its path, or NULL), end the program with 64. New strings in options are in `arena`. */
bool places_several(const struct command *command, struct arena *arena,
                    struct deploy_options *options, const char *release);
/* Runs this command with these arguments in each place. Returns the exit status of the first place
 * that failed, in the order of the command line; an error goes before EXIT_CHANGES. After a signal,
 * returns 128 plus its number. */
int places_run(const struct command *command, const struct deploy_options *options,
               const char *release, int argc, char *const argv[]);
/* Returns a copy of the argument vector for places_run, because opt_parse reorders it. */
char **places_keep(struct arena *arena, int argc, char *argv[]);

#endif
