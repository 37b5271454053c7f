/* lambda_grant.h - what the sources of a lambda need in its role.
 *
 * Lambda itself reads queues and streams for a lambda, and takes the lambda's role for that. So the
 * kind of such a source notes, when an entry is read, that the lambda needs a policy for it; and
 * writes the policy when the lambda is written. */
#ifndef LAMBDAS_LAMBDA_GRANT_H
#define LAMBDAS_LAMBDA_GRANT_H
#include "lambdas/lambda_part.h"

struct resource;

/* Notes that the role of `lambda` needs what `resource->kind->grant` writes. Without effect on a
 * role that the settings name. */
void lambda_grant(struct model *model, const struct lambda *lambda,
                  const struct resource *resource);

extern const struct lambda_subject lambda_grants;

#endif
