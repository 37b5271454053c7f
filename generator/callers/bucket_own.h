/* bucket_own.h - notifications of a bucket of a fragment, in its NotificationConfiguration.
 *
 * S3 asks whether it may send to each destination when the bucket gets them. So the bucket depends
 * on the permissions, and these do not refer to it. */
#ifndef CALLERS_BUCKET_OWN_H
#define CALLERS_BUCKET_OWN_H
#include <jansson.h>

struct bucket;
struct cfn;
struct model;
struct resource;
struct steps;

/* Adds the permissions, and the notifications to the bucket. */
void bucket_own_write(const struct model *model, const struct resource *resource,
                      struct steps *steps);
/* Returns the NotificationConfiguration of a bucket of a fragment, which it may have or get; NULL
 * after an error. It belongs to the template. */
json_t *bucket_own_configuration(const struct bucket *bucket, const struct cfn *cfn);

#endif
