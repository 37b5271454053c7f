/* lambda_cfn.h - what a lambda becomes: an upload, and a role, a function, a version and an alias.
 *
 * A version is published exactly when code or configuration changes. The templates stay
 * independent of the code: apply gives the list parameter LambdaDigests, one digest for each
 * upload action in their order, of the zip with its context and the function's properties. */
#ifndef RESOURCES_LAMBDA_CFN_H
#define RESOURCES_LAMBDA_CFN_H
#include <stdbool.h>

struct model;
struct resource;
struct steps;

#define LAMBDA_DIGESTS "LambdaDigests"
enum {
    LAMBDA_DIGEST_DIGITS = 16, /* of each digest in it */
    LAMBDA_RESOURCES_MIN = 3,  /* that a lambda becomes: function, version and alias */
};

bool lambda_write(const struct model *model, const struct resource *resource, struct steps *steps);

#endif
