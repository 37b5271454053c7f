/* manifests.h - manifests and lock files of tools that Gordon does not run: what they name is not
 * in the zip. */
#ifndef LANGUAGES_MANIFESTS_H
#define LANGUAGES_MANIFESTS_H

struct collection;
struct package;

/* Warns about each manifest directly in the code folder, of which `files` are the entries, that
 * nothing reads for the package's language, with what to write in `build`. For folders that are
 * packed as they are, without build commands. */
void manifests_warn(const struct package *package, const struct collection *files);

#endif
