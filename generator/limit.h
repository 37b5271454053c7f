/* limit.h - how much CloudFormation takes (User Guide, "Understand CloudFormation quotas").
 *
 * None of these can be raised, and AWS refuses what is over one only when stacks have been changed
 * already. Templates of ours have no mappings, and no descriptions of the user's; a logical id that
 * is too long has no right place to go on from, and is an error of its own in cfn_add. */
#ifndef LIMIT_H
#define LIMIT_H
#include <jansson.h>
#include <stdbool.h>

#include "steps.h" /* for struct step_file */

struct built;
struct project;
struct table;

/* Who asks for what. */
struct limits {
    const struct project *project;
    const struct table *places; /* of the resources' stack: id to struct pos; or NULL */
    const struct table *refs;   /* parameter to the struct pos of who refers to it; or NULL: it is
                                 * looked for in the project */
};

/* Warns of each limit that the templates of a build are over; asks for their texts. */
void limits_warn(const struct project *project, struct step_file files[STEP_COUNT]);
/* Reports each as an error; and each of the `values` (names to strings; may be NULL) that is sent
 * and too large. Whether all is within them. */
bool limits_check(const struct limits *limits, const struct built *built, const json_t *values);

#endif
