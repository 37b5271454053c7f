/* rust_source.h - the files that cargo needs to build a package: its workspace, which may be above
 * the code folder, and the packages that manifests name by path (The Cargo Book, "Workspaces" and
 * "Specifying Dependencies"). All must be in the project. */
#ifndef LANGUAGES_RUST_SOURCE_H
#define LANGUAGES_RUST_SOURCE_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

struct rust_source {
    const char *workspace; /* the folder of a workspace above or at the code, or else the code */
    bool musl;             /* cargo's or rustup's configuration names the target for musl */
    bool linker;           /* cargo's configuration names a linker */
};

/* Adds the files, named by their paths from the package's root, to `files`, and sorts them. Reports
 * each path of a manifest that leads out of the project, at its line; then returns false. Runs
 * nothing. */
bool rust_source_find(struct arena *arena, const struct package *package, struct collection *files,
                      struct rust_source *source);

#endif
