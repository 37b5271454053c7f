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
    const struct table *refs; /* parameter to the struct pos of who refers to it; or NULL: it is
                               * looked for in the project */
    const char *files;        /* the folder in which file:// and envdir:// begin */
    long timeout;             /* seconds, for each stack */
    bool wait;                /* for what others do to the stage; else that is EXIT_STACK_BUSY */
    struct aws aws;
};

/* Whether stacks can have this project's name in theirs; reports it if not. */
bool deployment_check_name(const struct project *project);
/* The name of the stack of a step. */
const char *deployment_stack(const struct deployment *deployment, enum step step);
/* Where the settings ask for a resource of the resources' stack; false when that is not known. */
bool deployment_place(const struct deployment *deployment, const char *id, struct pos *pos);
/* Where they refer to a parameter. */
struct pos deployment_place_of_ref(const struct deployment *deployment, const char *name);
/* Locks the stage on this machine: no second gordon changes it meanwhile. Where one does, it is
 * waited for with `wait`, or else reported. The lock ends with deployment_unlock, or the process;
 * -1 after an error. */
int deployment_lock(const struct deployment *deployment);
void deployment_unlock(int lock);

#endif
