/* bucket_cfn.h - what the notifications of a bucket become: a custom resource that Gordon's lambda
 * serves, and a permission or a policy for each. */
#ifndef RESOURCES_BUCKET_CFN_H
#define RESOURCES_BUCKET_CFN_H
#include <stdbool.h>

struct model;
struct resource;
struct steps;

bool bucket_write(const struct model *model, const struct resource *resource, struct steps *steps);

#endif
