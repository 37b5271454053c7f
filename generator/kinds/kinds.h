/* kinds.h - the table of all kinds of resources: reads a project and makes the files of its
 * build. */
#ifndef KINDS_KINDS_H
#define KINDS_KINDS_H
#include <stdbool.h>

#include "resources/artifact.h" /* for artifact_zip */
#include "resources/steps.h"    /* for struct step_file */

struct buf;
struct model;
struct project;

/* Reads all resources of a project, and notes files that they name in it; NULL after errors. `zip`
 * finds what is in zips for S3 (resources/artifact.h). */
struct model *kinds_load(struct project *project, artifact_zip *zip);
/* Adds the list of loaded resources, as `gordon build` shows it. */
void kinds_print(const struct model *model, struct buf *out);
/* Makes the files of all steps; false after errors. In both cases the caller frees them with
 * steps_release. */
bool kinds_write(const struct model *model, struct step_file files[STEP_COUNT]);

#endif
