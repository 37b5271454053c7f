/* lambda_deploy.h - how the alias `current` of a lambda moves to a new version: at once, or step by
 * step by AWS CodeDeploy, with alarms and hooks. */
#ifndef LAMBDAS_LAMBDA_DEPLOY_H
#define LAMBDAS_LAMBDA_DEPLOY_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

extern const struct lambda_subject lambda_deploy;

#endif
