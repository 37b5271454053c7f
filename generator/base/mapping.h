/* mapping.h - the bytes of a file without reading all of them, for a look at a large file. */
#ifndef BASE_MAPPING_H
#define BASE_MAPPING_H
#include <stdbool.h>
#include <stddef.h>

struct mapping {
    const unsigned char *data; /* "" for an empty file */
    size_t len;
};

/* Maps a regular file (file_open). Returns false with errno. Call mapping_close after success. */
bool mapping_open(struct mapping *mapping, const char *path);
void mapping_close(struct mapping *mapping);

#endif
