/* bucket_cfn.h - writes the notifications of a bucket: a custom resource, which a lambda of
 * Gordon's own serves, and a permission or a policy for each notification. */
#ifndef CALLERS_BUCKET_CFN_H
#define CALLERS_BUCKET_CFN_H
#include <jansson.h>

struct bucket;
struct cfn;
struct model;
struct node;
struct notification;
struct resource;
struct steps;

/* Adds them to the stack of resources, or reports errors. */
void bucket_custom_write(const struct model *model, const struct resource *resource,
                         struct steps *steps);

/* For the other ways of notifications. A text or a function as JSON: */
json_t *bucket_text(const struct node *node);
/* The ARN of what a notification goes to. */
json_t *bucket_destination(const struct notification *n);
/* The rules about keys, [{Name, Value}], or NULL. */
json_t *bucket_filters(const struct notification *n);
/* Adds the permission of a notification, which is that of a queue or a topic for all buckets that
 * send to it. Returns its id. */
const char *bucket_permit(const struct model *model, const struct resource *resource,
                          const struct notification *n, struct steps *steps);

#endif
