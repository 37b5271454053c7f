/* deploy.h - what the commands on a deployment have in common: options, stage and region checked.
 */
#ifndef DEPLOY_H
#define DEPLOY_H
#include <stdbool.h>

#include "apply.h" /* for struct deployment */
#include "opt.h"   /* for struct opt */

struct deploy_options {
    const char *stage, *region;
    long timeout; /* minutes */
};

#define DEPLOY_OPTIONS_INIT                                                                        \
    {                                                                                              \
        "dev", NULL, 30                                                                            \
    }

/* The rows of a command's table for the stage and region of a struct deploy_options. */
#define PLACE_OPTS(options)                                                                        \
    {"--stage", 's', OPT_TEXT, "STAGE", "the stage (default: dev)", &(options).stage},             \
    {                                                                                              \
        "--region", 'r', OPT_TEXT, "REGION",                                                       \
            "the region (default: AWS_DEFAULT_REGION, then the settings)", &(options).region       \
    }
/* The same, and how long a stack is waited for. */
#define DEPLOY_OPTS(options)                                                                       \
    PLACE_OPTS(options),                                                                           \
    {                                                                                              \
        "--cf-timeout", 0, OPT_NUMBER, "MIN", "minutes to wait for a stack (default: 30)",         \
            &(options).timeout                                                                     \
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
