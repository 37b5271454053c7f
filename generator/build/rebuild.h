/* rebuild.h - brings a build up to date for a command that uses its zips. */
#ifndef BUILD_REBUILD_H
#define BUILD_REBUILD_H
#include <stdbool.h>

struct arena;

/* Builds what is out of date in the folder `output`: with `gordon build`'s own code, or by
 * `cmake --build` if CMake has made the outputs. Nothing is printed on standard output. Returns
 * false after an error, which is reported. */
bool rebuild(struct arena *arena, const char *project, const char *output, bool quiet);

#endif
