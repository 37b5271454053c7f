/* lambda_cfn.h - writes a lambda: an upload, and a role, a function, a version and an alias.
 *
 * A version is published exactly when code or configuration changes. The templates do not depend on
 * the code: apply passes the digests in the list parameter LambdaDigests, one for each lambda in
 * the order of the templates, of the zip with its context and the function's properties. */
#ifndef LAMBDAS_LAMBDA_CFN_H
#define LAMBDAS_LAMBDA_CFN_H

struct model;
struct resource;
struct steps;

#define LAMBDA_DIGESTS "LambdaDigests"
enum {
    LAMBDA_DIGEST_DIGITS = 16, /* of each digest */
    LAMBDA_RESOURCES_MIN = 3,  /* of a lambda: function, version and alias */
};

/* Adds them to the steps, or reports errors. */
void lambda_write(const struct model *model, const struct resource *resource, struct steps *steps);

#endif
