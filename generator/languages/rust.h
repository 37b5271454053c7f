/* rust.h - builds lambdas in Rust by cargo, or by cargo lambda where it is installed. They are
 * built in a copy (mirror.h), because cargo writes a missing Cargo.lock. All lambdas of a workspace
 * share the copy and cargo's target folder, so a dependency is compiled once. */
#ifndef LANGUAGES_RUST_H
#define LANGUAGES_RUST_H
#include <stdbool.h>

struct arena;
struct build_look;
struct collection;
struct package;

/* Whether the code is a folder with a Cargo.toml, for a runtime that runs programs. */
bool rust_builds(const struct package *package);
/* Builds `bootstrap` in the folder `target`. Notes the files of all packages in the project that
 * the program consists of. Reports an error and returns false if cargo is missing or fails, or if
 * it is not clear which program is meant. */
bool rust_build(struct arena *arena, const struct package *package, const char *target,
                struct collection *inputs);
/* Fills `look` with the command that rust_build would run, as far as it is known without running
 * cargo, and notes all files of the workspace. Returns false after a reported error. */
bool rust_look(struct arena *arena, const struct package *package, const char *target,
               struct collection *inputs, struct build_look *look);

#endif
