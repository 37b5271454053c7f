/* rust_program.h - which program of a Rust package or workspace a lambda is, and of which files it
 * was made. */
#ifndef LANGUAGES_RUST_PROGRAM_H
#define LANGUAGES_RUST_PROGRAM_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct package;

struct rust_program {
    const char *manifest, *name; /* as --manifest-path and --bin take them */
    const char *workspace;       /* the folder of Cargo.lock */
};

/* Chooses from what `cargo metadata --no-deps` printed: the only program; else the one that has the
 * handler's name, or the lambda's, or is the package's default-run. `manifest` is the Cargo.toml of
 * the code. Returns false after reporting that none is clear. */
bool rust_program_choose(struct arena *arena, const struct package *package, const char *manifest,
                         const char *json, size_t len, struct rust_program *program);
/* Notes as inputs the files that decide a program: all of the packages that its dependency file
 * names, and the manifests and the configuration of all packages. `files` are all that were copied
 * from `root` to the folder `mirror`. Without the dependency file, notes all of them. */
void rust_program_inputs(struct arena *arena, const struct collection *files, const char *root,
                         const char *mirror, const char *depfile, struct collection *inputs);

#endif
