/* depfile.h - a dependency file in the syntax that Make and Ninja read. */
#ifndef DEPFILE_H
#define DEPFILE_H
#include <stdbool.h>
#include <stddef.h>

/* Writes "output: inputs" to `path`; names are escaped as GCC does (spaces, '#', '$'). A name that
 * no escape helps (a line end) is left out. Those in the folder `root`, which may be NULL, are
 * written relative to it, as Ninja knows the files of the folder it runs in. */
bool depfile_write(const char *path, const char *root, const char *output,
                   const char *const *inputs, size_t n);

#endif
