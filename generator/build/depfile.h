/* depfile.h - a dependency file in the syntax that Make and Ninja read. */
#ifndef BUILD_DEPFILE_H
#define BUILD_DEPFILE_H
#include <stdbool.h>
#include <stddef.h>

/* Whether Make, Ninja and CMake, which rewrites the file for Make, all understand a name when it is
 * escaped: a few signs do not get through all three. */
bool depfile_can_name(const char *name);
/* Writes "output: inputs" to `path`; names are escaped as GCC does (spaces, '#', '$'). A name with
 * a line end, which no escape helps, is left out. */
bool depfile_write(const char *path, const char *output, const char *const *inputs, size_t n);

#endif
