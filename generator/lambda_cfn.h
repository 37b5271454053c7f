/* lambda_cfn.h - what a lambda becomes: an upload, and a role, a function, a version and an alias.
 *
 * A version is published exactly when code or configuration changes. The templates stay
 * independent of the code: apply gives the list parameter LambdaDigests, one digest for each
 * upload action in their order, of the zip with its context and the function's properties. */
#ifndef LAMBDA_CFN_H
#define LAMBDA_CFN_H
#include <stdbool.h>

struct model;
struct resource;
struct steps;

#define LAMBDA_DIGESTS "LambdaDigests"

bool lambda_write(const struct model *model, const struct resource *resource, struct steps *steps);

#endif
