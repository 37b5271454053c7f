/* bucket_cfn.h - writes the notifications of a bucket: a custom resource, which a lambda of
 * Gordon's own serves, and a permission or a policy for each notification. */
#ifndef RESOURCES_BUCKET_CFN_H
#define RESOURCES_BUCKET_CFN_H

struct model;
struct resource;
struct steps;

/* Adds them to the stack of resources, or reports errors. */
void bucket_write(const struct model *model, const struct resource *resource, struct steps *steps);

#endif
