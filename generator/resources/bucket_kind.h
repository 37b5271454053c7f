/* bucket_kind.h - how the buckets of `s3` in settings.yml are read. */
#ifndef RESOURCES_BUCKET_KIND_H
#define RESOURCES_BUCKET_KIND_H
#include "resources/model.h" /* for struct kind */

extern const struct kind bucket_kind;

#endif
