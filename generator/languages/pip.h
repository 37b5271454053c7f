/* pip.h - installs requirements by pip, for the lambda's platform.
 *
 * pip gets a list of its own, in the folder for what is only needed meanwhile. A local package is
 * built from a copy, because tools write into the folder that they build. What is no wheel is built
 * to one on this machine, and taken if it is for any platform. */
#ifndef LANGUAGES_PIP_H
#define LANGUAGES_PIP_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct installer;
struct installing;
struct package;
struct requirement;
struct requirements;

struct pip {
    const struct installing *installing;
    struct requirements *requirements;
    const char **words; /* of pip-install-extra, without those that name requirements */
    size_t nwords;
    const char *wheels;     /* the folder of wheels that were built, for --find-links */
    const char *const *env; /* of installs */
    bool complete;          /* the list has what the packages need, too */
};

/* For the rows of installers that are pip. */
extern const char *const pip_programs[];
const char *pip_setting(const struct package *package);
bool pip_arguments(struct arena *arena, const struct package *package, const char *into,
                   const char ***argv, size_t *n);

/* Adds what pip-install-extra names to requirements, and sets `*words` to the other arguments. */
bool pip_read_extra(struct arena *arena, const struct package *package,
                    struct requirements *requirements, const char ***words, size_t *n);
/* Notes the files, folders and variables that the requirements name; see installer.collect. */
bool pip_collect(struct arena *arena, const struct package *package,
                 const struct requirements *requirements, struct collection *files,
                 struct collection *inputs);
/* Installs requirements. With `complete`, pip adds nothing that they do not name. */
bool pip_install(const struct installing *installing, struct requirements *requirements,
                 bool complete);

/* Writes a list for pip: all options and constraints, and one requirement, which may be NULL. Sets
 * `*path`. False with errno. */
bool pip_write(const struct pip *pip, const char *name, const char *requirement, const char **path);
/* Builds local packages, archives and repositories to wheels, and sets their lines. */
bool pip_build_all(const struct pip *pip);
/* Builds a package that has no wheel for the lambda. `spec` is its name with versions. Sets
 * `*found` to whether there is a source to build. */
bool pip_build_named(const struct pip *pip, const char *spec, bool *found);

#endif
