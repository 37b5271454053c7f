/* go_files.h - the files of Go's packages that are in the project. */
#ifndef LANGUAGES_GO_FILES_H
#define LANGUAGES_GO_FILES_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct go_module;
struct package;

/* Notes the files and folders of the packages that `go list -deps -json` printed, the last of which
 * is the lambda's. Skips packages outside of the project: those of Go and of its module cache.
 * Returns false after reporting a file that leads out of the project, one of parameters/, or that
 * the lambda's package is no program. */
bool go_files_listed(struct arena *arena, const struct package *package,
                     const struct go_module *module, const char *json, size_t len,
                     struct collection *inputs);
/* Notes all files and folders of the modules that may belong to a program. */
void go_files_all(struct arena *arena, const struct package *package,
                  const struct go_module *module, struct collection *inputs);

#endif
