/* artifact_files.h - the artifacts of a build (resources/artifact.h), as files in <output>/code. */
#ifndef BUILD_ARTIFACT_FILES_H
#define BUILD_ARTIFACT_FILES_H
#include <stdbool.h>

struct arena;
struct artifact;
struct model;

/* Returns the path of an artifact's file, in `arena`. */
const char *artifact_file(struct arena *arena, const char *output, const struct artifact *artifact);
/* Whether `name` is a file that this build writes into <output>/code, an artifact or a zip. */
bool artifact_is_output(const struct model *model, const char *name);
/* Writes the files that are missing or differ, and removes those of earlier builds: their names are
 * in <output>/.gordon/artifacts. Returns false after reported errors. */
bool artifact_files_write(const struct model *model, const char *output);

#endif
