/* kinds.h - the table of all kinds of resources: from a project to the files of its build. */
#ifndef RESOURCES_KINDS_H
#define RESOURCES_KINDS_H
#include <stdbool.h>

#include "resources/steps.h" /* for struct step_file */

struct buf;
struct model;
struct project;

/* Reads all resources of a project; NULL after errors. */
struct model *kinds_load(const struct project *project);
/* Adds what was loaded, in the words of the talk. */
void kinds_print(const struct model *model, struct buf *out);
/* Makes the files of all steps; false after errors. Release them with steps_release in any case. */
bool kinds_write(const struct model *model, struct step_file files[STEP_COUNT]);

#endif
