/* project_build.h - the templates and zips of a whole project, without another build system. */
#ifndef PROJECT_BUILD_H
#define PROJECT_BUILD_H
#include <stdbool.h>

struct arena;

/* Builds the project of --project into `output`, and does nothing again that the last build did and
 * that is still right; prints what was loaded and the names of the templates. False after errors
 * that were reported: then there is no zip of a lambda that failed, and no template. */
bool project_build(struct arena *arena, const char *output, long workers);

#endif
