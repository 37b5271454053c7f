/* deploy.h - what the commands on a deployment have in common: options, stage and region checked.
 */
#ifndef COMMANDS_DEPLOY_H
#define COMMANDS_DEPLOY_H
#include <stdbool.h>

#include "commands/opt.h"      /* for struct opt */
#include "deploy/deployment.h" /* for struct deployment */

#define DEPLOY_STAGE "dev" /* that is meant when none is named */

struct deploy_options {
    const char *stage, *region; /* NULL: not named */
    long timeout;               /* minutes */
    bool wait;
    struct opt_list stages, regions; /* of a command that takes several */
    bool all_stages;
};

#define DEPLOY_OPTIONS_INIT                                                                        \
    {                                                                                              \
        .timeout = 30                                                                              \
    }

#define DEPLOY_STAGE_HELP  "the stage (default: " DEPLOY_STAGE ")"
#define DEPLOY_REGION_HELP "the region (default: AWS_DEFAULT_REGION, then the settings)"

/* The rows of a command's table for the stage and region of a struct deploy_options. */
#define PLACE_OPTS(options)                                                                        \
    {"--stage", 's', OPT_TEXT, "STAGE", DEPLOY_STAGE_HELP, &(options).stage},                      \
    {                                                                                              \
        "--region", 'r', OPT_TEXT, "REGION", DEPLOY_REGION_HELP, &(options).region                 \
    }
/* The same for a command that takes several of both, see places.h. */
#define PLACES_OPTS(options)                                                                       \
    {"--stage",        's', OPT_LIST, "STAGE", DEPLOY_STAGE_HELP "; may be given again",           \
     &(options).stages},                                                                           \
        {"--stages-all",       0, OPT_FLAG, NULL, "all stages that have a file in parameters/",    \
         &(options).all_stages},                                                                   \
    {                                                                                              \
        "--region", 'r', OPT_LIST, "REGION", DEPLOY_REGION_HELP "; may be given again",            \
            &(options).regions                                                                     \
    }
/* What waiting there is. */
#define WAIT_OPTS(options)                                                                         \
    {"--cf-timeout",    0, OPT_NUMBER, "MIN", "minutes to wait for a stack (default: 30)",         \
     &(options).timeout},                                                                          \
    {                                                                                              \
        "--wait", 0, OPT_FLAG, NULL, "wait for what others do to the stage, and do not fail",      \
            &(options).wait                                                                        \
    }

/* Checks the stage, where there is one, and the region that options or environment ask for: wrong
 * ones end the program with 64. */
void deploy_check(const struct command *command, const struct deploy_options *options);
/* Checks them too, and catches signals. */
void deploy_init(struct deployment *deployment, const struct command *command,
                 const struct deploy_options *options, const struct project *project);
/* The project of --project with its resources, read for a command on what was applied: the build
 * has said its warnings. NULL after errors. */
struct model *deploy_model(struct arena *arena);
/* The status of a command: 128 and the signal when one came, else 0 or 1. */
int deploy_status(bool ok);

#endif
