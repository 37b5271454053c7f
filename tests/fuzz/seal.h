/* seal.h - the seal of a release (archive/tar.h), made as its description says. */
#ifndef FUZZ_SEAL_H
#define FUZZ_SEAL_H

struct buf;

/* Adds the seal of the bytes in `file`. */
void seal_add(struct buf *file);

#endif
