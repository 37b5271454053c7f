/* apply.h - a build into AWS, step by step, and out of it again. */
#ifndef APPLY_H
#define APPLY_H
#include <stdbool.h>

#include "aws.h" /* for struct aws */

struct arena;

/* What apply and delete work on: one stage of a project in one region. */
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
    struct aws aws;
};

/* Whether stacks can have this project's name in theirs; reports it if not. */
bool apply_check_name(const struct project *project);
/* Checks that everything is there and known before anything is changed, then takes the steps in
 * their order, and prints them and the project's outputs. */
bool apply_run(struct deployment *deployment);
#endif
