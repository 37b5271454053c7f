/* package.h - the code of one lambda: collected, its dependencies installed, built, and zipped.
 *
 * A struct package is all that the work needs to know, so that a build edge reads one small file
 * and not the settings of a thousand lambdas. */
#ifndef BUILD_PACKAGE_H
#define BUILD_PACKAGE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"         /* for struct pos */
#include "resources/runtime.h" /* for enum language */

struct arena;
struct lambda;
struct model;

struct package {
    const char *reference; /* "app.name" */
    const char *name;      /* of the lambda */
    const char *code;      /* absolute; a file or a folder; or "target://name" */
    const char *root;      /* absolute: links in `code` may not lead out of it */
    const char *zip;       /* absolute: what is written */
    const char *work;    /* absolute: a folder of its own, kept between builds; may not be there */
    const char *runtime; /* the identifier that AWS knows */
    enum language language;
    const char *architecture; /* x86_64 or arm64 */
    const char **build;       /* commands instead of the language's own */
    size_t nbuild;
    bool trusts_dependencies; /* see install_dependencies */
    bool in_source;           /* they run in the source folder itself */
    const char *project_name, *project_path;
    const char *pip_path, *npm_path, *gradle_path; /* NULL: found in PATH */
    const char *pip_extra, *npm_extra, *gradle_extra;
    bool strip, libc;         /* of a target: without symbols; with the C library */
    struct pos pos;           /* where the settings name the code; may be without a file */
    struct pos build_pos;     /* where they say the commands, or to strip, or the code */
    struct pos *build_places; /* of each of `build`; may be without all of them */
    size_t nplaces;
    /* of a target, what CMake knows; NULL without it */
    const char *executable, *strip_program;
    const char *library_path; /* folders with ':' between */
};

/* The name of a lambda's folder under <work>/lambdas: that of its zip without .zip. */
const char *package_folder(struct arena *arena, const struct lambda *lambda);
/* How a lambda of the model is packed into `<output>/code`; `work` is the folder for all. */
struct package *package_of(const struct model *model, const struct lambda *lambda,
                           const char *output, const char *work);
/* What is left out when it lies in the code folder: the build's own folders, the values of
 * parameters, and what is left of other builds. Absolute paths, NULL-terminated. */
const char *const *package_skip(struct arena *arena, const struct package *package);
/* Locks a folder in which lambdas are packed, until it is closed: two builds of one lambda would
 * write over each other, and what was read first could be written last. The folder is made. -1
 * after an error that was reported. */
int package_lock(struct arena *arena, const char *work);
/* Takes away what processes that were killed have left of it unfinished. */
void package_sweep(struct arena *arena, const struct package *package);

#endif
