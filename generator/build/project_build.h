/* project_build.h - the templates and zips of a whole project, without another build system. */
#ifndef BUILD_PROJECT_BUILD_H
#define BUILD_PROJECT_BUILD_H
#include <stdbool.h>

struct arena;

struct project_build {
    const char *project; /* a folder, or its settings file */
    const char *output;
    long workers; /* how many lambdas are packed at once */
    bool quiet;   /* without warnings */
    bool debug;   /* says which lambdas are packed */
};

/* Builds a project, and does nothing again that the last build did and that is still right; prints
 * what was loaded and the names of the templates. False after errors that were reported: then there
 * is no zip of a lambda that failed, and no template. */
bool project_build(struct arena *arena, const struct project_build *options);

#endif
