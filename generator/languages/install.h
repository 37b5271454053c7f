/* install.h - installs the dependencies of a lambda with pip, npm, Maven or Gradle.
 *
 * They are packed into `dependencies.zip` in the lambda's work folder. The comment of this zip
 * holds two digests: the key (manifests, arguments, runtime, architecture, the tool's version and
 * configuration), and the digest of the manifests alone. The cache shares installs with the same
 * key. */
#ifndef LANGUAGES_INSTALL_H
#define LANGUAGES_INSTALL_H
#include <stdbool.h>

struct arena;
struct collection;
struct notes;
struct package;

/* Whether the code folder has a manifest from which dependencies are installed. */
bool install_is_needed(const struct package *package);
/* Brings the zip up to date and sets `*zip` to its path, or to NULL if there is no manifest. Notes
 * the files and facts that decide its content. Returns false after a reported error.
 *
 * With `trust`, a zip that was made from the same manifests is accepted, whatever the tool is now:
 * it is the output of another build edge, which depends on the tool. If the manifests differ, that
 * output is left alone, and `*zip` is another file beside it. */
bool install_dependencies(struct arena *arena, const struct package *package, bool trust,
                          struct collection *inputs, const char **zip);
/* The command that install_dependencies would run if it had to install now. In its arguments and
 * folder, {into} stands for the folder that it fills, and {copy} for one with the files that
 * decide; both exist only while it runs. */
struct install_look {
    const char *zip; /* NULL if there is no manifest; then the others are NULL too */
    const char **argv;
    const char *folder; /* its working directory */
};

/* Fills `look` and notes the same inputs as install_dependencies, but installs and writes nothing.
 * Returns false after a reported error. */
bool install_look(struct arena *arena, const struct package *package, bool trust,
                  struct collection *inputs, struct install_look *look);
/* Does the same as install_dependencies, as a build edge of its own that writes `notes`. Its output
 * always exists afterwards: it is an empty zip if there is no manifest any more. */
bool install_run(struct arena *arena, struct package *package, const struct notes *notes);

#endif
