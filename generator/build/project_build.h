/* project_build.h - builds the templates and zips of a whole project, without a build system. */
#ifndef BUILD_PROJECT_BUILD_H
#define BUILD_PROJECT_BUILD_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* What a build has done. */
struct project_changes {
    const char **packed; /* lambdas and layers with another zip, "app.name" */
    size_t npacked;
    bool loaded; /* settings, parameters or templates were not as the last build left them */
};

struct project_build {
    const char *project; /* a folder, or its settings file */
    const char *output;
    long workers; /* how many lambdas to pack at once */
    bool quiet;   /* show no warnings */
    bool debug;   /* print which lambdas are packed */
    bool silent;  /* print no results, and no warnings that the last build has shown */
    struct project_changes *changes; /* gets what was done, in the arena; or NULL */
};

/* Builds a project, except for lambdas whose zip from the last build is still up to date. Prints
 * what was loaded and the names of the templates. Returns false after reported errors: then there
 * is no template, and no zip of a lambda that failed. */
bool project_build(struct arena *arena, const struct project_build *options);

#endif
