/* lambda_digest.h - what LambdaDigests says of each lambda: a digest of all that its published
 * version has. If it changes, CloudFormation publishes a new version. */
#ifndef DEPLOY_LAMBDA_DIGEST_H
#define DEPLOY_LAMBDA_DIGEST_H
#include <jansson.h>
#include <stddef.h>

struct arena;
struct built;
struct upload;

/* Returns the digests of all versions of a build, in their order, with ',' between them: of the zip
 * with its context, of the configuration with these values of parameters (names to strings), of its
 * layers, and of the resources of the stack that the configuration refers to, because a change may
 * give them another name or ARN. */
const char *lambda_digests(struct arena *arena, const struct built *built, const json_t *values,
                           const struct upload *uploads, size_t n);

#endif
