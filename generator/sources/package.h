/* package.h - how one bundle is packed: its code, its dependencies, its commands and its zip.
 *
 * A struct package holds everything that packing needs, so that a build edge reads one small file
 * and not the settings of a thousand lambdas. */
#ifndef SOURCES_PACKAGE_H
#define SOURCES_PACKAGE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"         /* for struct pos */
#include "base/file.h"         /* for enum file_kind */
#include "resources/runtime.h" /* for enum language */

struct above;
struct arena;
struct bundle;
struct model;

enum { PACKAGE_MANIFESTS = 32 }; /* room for all that one language knows */

struct package {
    struct arena *arena;   /* for what package_look finds */
    const char *reference; /* "app.name"; "the layer app.name" */
    const char *name;      /* of the lambda or layer */
    const char *code;      /* absolute; a file or a folder; or as in package_needs_cmake */
    const char *generated; /* of "build://path", the path; else NULL */
    const char *root;      /* absolute: links in `code` and to it must not lead out of it */
    const char *zip;       /* absolute: the file to write */
    const char *work;      /* absolute: a folder of its own, kept between builds; may be missing */
    const char *runtime;   /* the identifier that AWS knows */
    enum language language;
    const char *architecture; /* x86_64 or arm64 */
    const char **build;       /* commands instead of the language's own */
    size_t nbuild;
    bool layer;                /* see layout.h */
    const char *runtimes;      /* of a layer: all that it is for, with blanks between them; or "" */
    const char *architectures; /* the same */
    bool trusts_dependencies;  /* see install_dependencies */
    bool in_source;            /* commands run in the source folder itself */
    const char *project_name, *project_path;
    const char *pip_path, *npm_path, *gradle_path; /* NULL: found in PATH */
    const char *pip_extra, *npm_extra, *gradle_extra;
    const char *handler;
    bool handler_given;       /* in the settings; else it is the default */
    bool checks_handler;      /* see handler_check */
    const char *handler_from; /* what may bring the handler, besides the zip; or NULL */
    bool strip, libc;         /* of a target: strip symbols; pack the C library too */
    struct pos pos;           /* of the code in the settings; its file may be NULL */
    struct pos handler_pos;   /* of the handler, or else of the code */
    struct pos build_pos;     /* of the commands, or else of 'strip', or else of the code */
    struct pos *build_places; /* of each command in `build`; may be fewer or none */
    size_t nplaces;
    /* of a target, from CMake; NULL without CMake */
    const char *executable, *strip_program;
    const char *library_path;         /* folders separated by ':' */
    const struct file_id *parameters; /* see project_parameters */
    size_t nparameters;
    /* set by package_look */
    enum file_kind kind;                      /* of the code; FILE_MISSING for a target */
    const char *manifests[PACKAGE_MANIFESTS]; /* those that a code folder has */
    size_t nmanifests;
    const struct above *above; /* of Java built by its own tool: what that reads; else NULL */
};

/* The folders of a build. */
struct package_dirs {
    const char *output; /* of the templates and zips */
    const char *work;   /* of all lambdas */
    const char
        *binary; /* CMake's build directory, in which "build://" begins; NULL without CMake */
};

/* The name of a bundle's folder in <work>/lambdas: the name of its zip without .zip. */
const char *package_folder(struct arena *arena, const struct bundle *bundle);
/* The same of a package: it names what belongs to this package alone. */
const char *package_id(const struct package *package);
/* The package of a bundle of the model. Its zip goes to `<output>/code`. */
struct package *package_of(const struct model *model, const struct bundle *bundle,
                           const struct package_dirs *dirs);
/* Whether only CMake knows where the code is: `code` is "target://name" or "build://path". */
bool package_needs_cmake(const struct package *package);
/* Looks at the code: what it is, and which manifests of its language it has. Reports an error
 * (EXIT_BUILD) and returns false if that cannot be looked at, or if a link on the way leads out of
 * the root; missing code is no error here. Everything below needs it, except for what is said. */
bool package_look(struct package *package);
/* Whether the tool reads more of the project than the code folder: see above.h. */
bool package_is_above(const struct package *package);
/* Whether the code is a folder with this manifest, which is a name that package_look looks for: as
 * "*.csproj", if any file of that kind counts. */
bool package_has(const struct package *package, const char *manifest);
/* Whether the code is a file that is taken as the zip itself: a .zip, or a .jar that is no layer,
 * without build commands. */
bool package_is_zip(const struct package *package);
/* What to leave out if it is in the code folder: the build's own folders, parameters/, and folders
 * that other tools leave there. */
const struct left_out *package_left_out(struct arena *arena, const struct package *package);
/* Locks a folder in which lambdas are packed, and makes it if it is missing. Closing the descriptor
 * unlocks it. Without the lock, two builds of one lambda would overwrite each other's files, and
 * the one that read older files could write last. Returns -1 after a reported error. */
int package_lock(struct arena *arena, const char *work);
/* Removes the temporary files that killed processes have left of this package. */
void package_sweep(struct arena *arena, const struct package *package);

/* Deletes the lambda's zip, but not through a link in the place of its folder. */
void package_remove_zip(struct arena *arena, const struct package *package);

#endif
