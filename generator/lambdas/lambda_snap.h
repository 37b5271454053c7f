/* lambda_snap.h - a lambda's `snap-start`. */
#ifndef LAMBDAS_LAMBDA_SNAP_H
#define LAMBDAS_LAMBDA_SNAP_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_snap;

#endif
