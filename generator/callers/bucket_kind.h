/* bucket_kind.h - reads and checks the entries of `s3` in settings.yml. */
#ifndef CALLERS_BUCKET_KIND_H
#define CALLERS_BUCKET_KIND_H
#include "resources/model.h" /* for struct kind */

extern const struct kind bucket_kind;

#endif
