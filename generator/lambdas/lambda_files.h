/* lambda_files.h - the file systems of a lambda (Amazon EFS), and the policy for them. */
#ifndef LAMBDAS_LAMBDA_FILES_H
#define LAMBDAS_LAMBDA_FILES_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_files;

#endif
