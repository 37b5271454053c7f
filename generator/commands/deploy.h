/* deploy.h - what the commands that work on a stage share: their options, the checks of stage and
 * region, and the exit status. */
#ifndef COMMANDS_DEPLOY_H
#define COMMANDS_DEPLOY_H
#include <stdbool.h>

#include "commands/opt.h"      /* for struct opt */
#include "deploy/deployment.h" /* for struct deployment */

#define DEPLOY_STAGE "dev" /* the stage if none is given */

struct deploy_options {
    const char *stage, *region; /* NULL: not given */
    long timeout;               /* minutes */
    bool wait;
    struct opt_list stages, regions; /* for commands that take several */
    bool all_stages;
};

#define DEPLOY_OPTIONS_INIT                                                                        \
    {                                                                                              \
        .timeout = 30                                                                              \
    }

#define DEPLOY_STAGE_HELP  "the stage (default: " DEPLOY_STAGE ")"
#define DEPLOY_REGION_HELP "the region (default: AWS_DEFAULT_REGION, then the settings)"

/* Option rows for the stage and the region of a struct deploy_options. */
#define PLACE_OPTS(options)                                                                        \
    {"--stage", 's', OPT_TEXT, "STAGE", DEPLOY_STAGE_HELP, &(options).stage},                      \
    {                                                                                              \
        "--region", 'r', OPT_TEXT, "REGION", DEPLOY_REGION_HELP, &(options).region                 \
    }
/* Option rows for commands that take several stages and regions, see places.h. */
#define PLACES_OPTS(options)                                                                       \
    {"--stage", 's', OPT_LIST, "STAGE", DEPLOY_STAGE_HELP "; repeatable", &(options).stages},      \
        {"--stages-all",       0, OPT_FLAG, NULL, "all stages that have a file in parameters/",    \
         &(options).all_stages},                                                                   \
    {                                                                                              \
        "--region", 'r', OPT_LIST, "REGION", DEPLOY_REGION_HELP "; repeatable", &(options).regions \
    }
/* Option rows for timeout and waiting. */
#define WAIT_OPTS(options)                                                                         \
    {"--cf-timeout",    0, OPT_NUMBER, "MIN", "minutes to wait for a stack (default: 30)",         \
     &(options).timeout},                                                                          \
    {                                                                                              \
        "--wait", 0, OPT_FLAG, NULL, "wait for another operation on the stage, and do not fail",   \
            &(options).wait                                                                        \
    }

/* Checks the stage, if one is given, and the region of --region or AWS_DEFAULT_REGION. An invalid
 * name ends the program with 64. */
void deploy_check(const struct command *command, const struct deploy_options *options);
/* Does the same checks, and sets the stage, the region and the folders of `deployment`, with
 * defaults for what is not given, for commands that do not ask AWS. */
void deploy_place(struct deployment *deployment, const struct command *command,
                  const struct deploy_options *options, const struct project *project);
/* Does the same checks, sets `deployment` with defaults for what is not given, and catches signals
 * from now on. What it makes is in the project's arena. */
void deploy_init(struct deployment *deployment, const struct command *command,
                 const struct deploy_options *options, const struct project *project);
/* Reads the project of --project and its resources, without warnings, because the build has printed
 * them. Returns NULL after errors. */
struct model *deploy_model(struct arena *arena);
/* Returns the exit status of a command: 128 plus the number of a caught signal, else 0 or 1. */
int deploy_status(bool ok);

/* Flushes the messages of a command, and reports its end with the exit status that it will have. */
void deploy_end(bool ok);

#endif
