/* depfile.h - writes dependency files in the syntax of Make and Ninja. */
#ifndef SOURCES_DEPFILE_H
#define SOURCES_DEPFILE_H
#include <stdbool.h>
#include <stddef.h>

/* Whether a name, once escaped, is read correctly by Make, by Ninja and by CMake, which rewrites
 * the file for Make. Some characters do not survive all three. */
bool depfile_can_name(const char *name);
/* Writes "output: inputs" to `path`, with names escaped as GCC does (spaces, '#', '$'). Leaves out
 * names with a line end, which cannot be escaped. Returns false with errno. */
bool depfile_write(const char *path, const char *output, const char *const *inputs, size_t n);

#endif
