/* bucket_error.h - reports calls on the bucket of the code that failed. */
#ifndef DEPLOY_BUCKET_ERROR_H
#define DEPLOY_BUCKET_ERROR_H
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct project;

/* The place of the bucket's name in the settings; nowhere for a release. */
struct pos bucket_pos(const struct project *project);
/* Reports the error of a call, and what to do if the cause is known. Always false. */
bool bucket_error(struct pos pos, const char *bucket, const char *error);

#endif
