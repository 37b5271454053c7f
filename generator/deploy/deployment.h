/* deployment.h - what the commands on AWS work on: one stage of a project in one region. */
#ifndef DEPLOY_DEPLOYMENT_H
#define DEPLOY_DEPLOYMENT_H
#include <stdbool.h>

#include "aws/aws.h"         /* for struct aws */
#include "base/diag.h"       /* for struct pos */
#include "resources/steps.h" /* for enum step */

struct arena;
struct project;
struct table;

struct deployment {
    struct arena *arena;
    const struct project *project;
    const struct table *places; /* of the resources' stack: id to struct pos; or NULL */
    const char *stage, *region;
    const char *build_dir;
    const struct table *refs; /* parameter to the struct pos of a reference to it; NULL: the
                               * project is searched for it */
    const char *files;        /* the folder at which paths of file:// and envdir:// start */
    long timeout;             /* seconds, for each stack */
    bool wait;                /* for other operations on the stage; else they are EXIT_STACK_BUSY */
    struct aws aws;
};

/* Whether the project's name can be part of the names of stacks; reports an error if not. */
bool deployment_check_name(const struct project *project);
/* The name of the stack of a step. */
const char *deployment_stack(const struct deployment *deployment, enum step step);
/* Finds the place in the settings that asks for a resource of the resources' stack; false if it is
 * unknown. */
bool deployment_place(const struct deployment *deployment, const char *id, struct pos *pos);
/* Returns the place in the settings that refers to a parameter. */
struct pos deployment_place_of_ref(const struct deployment *deployment, const char *name);
/* Locks the stage against other gordons on this machine. If another one has the lock, waits for it
 * with `wait`, otherwise reports an error. Returns the lock, which is released by deployment_unlock
 * or the end of the process; -1 after an error or a signal. */
int deployment_lock(const struct deployment *deployment);
void deployment_unlock(int lock);

#endif
