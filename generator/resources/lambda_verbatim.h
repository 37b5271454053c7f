/* lambda_verbatim.h - a lambda's `properties` and `attributes` (verbatim.h). */
#ifndef RESOURCES_LAMBDA_VERBATIM_H
#define RESOURCES_LAMBDA_VERBATIM_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_verbatim;

#endif
