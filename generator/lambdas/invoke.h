/* invoke.h - the right of an AWS service to call a lambda. */
#ifndef LAMBDAS_INVOKE_H
#define LAMBDAS_INVOKE_H
#include <jansson.h>

struct lambda;

/* Returns the AWS::Lambda::Permission by which the service `principal`, such as sns.amazonaws.com,
 * calls the alias of the lambda for `source_arn`. Steals `source_arn`; NULL: for each source, which
 * needs a limit in another property. */
json_t *invoke_permission(const struct lambda *lambda, const char *principal, json_t *source_arn);
/* The same for a source whose ARN has no account, as that of a bucket: it must be in this
 * account. */
json_t *invoke_permission_here(const struct lambda *lambda, const char *principal,
                               json_t *source_arn);
/* Return the two by which everybody calls the public URL of the alias: the right to call the URL,
 * and the right to call the alias by way of a URL (Lambda Developer Guide, "Control access to
 * Lambda function URLs": since October 2025 Lambda asks for both). */
json_t *invoke_permission_url(const struct lambda *lambda);
json_t *invoke_permission_by_url(const struct lambda *lambda);

#endif
