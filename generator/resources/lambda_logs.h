/* lambda_logs.h - a lambda's logs, and the policy for them. */
#ifndef RESOURCES_LAMBDA_LOGS_H
#define RESOURCES_LAMBDA_LOGS_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

/* The end of the name of the policy for logs in a lambda's own role. */
#define LAMBDA_LOGS_POLICY "LogsPolicy"

extern const struct lambda_subject lambda_logs;

#endif
