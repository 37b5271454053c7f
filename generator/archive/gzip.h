/* gzip.h - a few bytes compressed by gzip (RFC 1952), as CloudWatch sends logs. */
#ifndef ARCHIVE_GZIP_H
#define ARCHIVE_GZIP_H
#include <stddef.h>

struct buf;

/* Appends the compressed bytes to `out`: the same ones every time, with neither time nor name. */
void gzip_text(const char *text, size_t len, struct buf *out);

#endif
