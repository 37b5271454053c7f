/* lambda_snap.h - a lambda's `snap-start`. */
#ifndef RESOURCES_LAMBDA_SNAP_H
#define RESOURCES_LAMBDA_SNAP_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_snap;

#endif
