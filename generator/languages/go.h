/* go.h - builds lambdas in Go, in the source and without writing there: only Go knows which files
 * of a module belong to a program. */
#ifndef LANGUAGES_GO_H
#define LANGUAGES_GO_H
#include <stdbool.h>

struct arena;
struct build_look;
struct collection;
struct package;

/* Builds `bootstrap` in the folder `target`. Notes the files of all packages in the project that
 * the program consists of, with those of its module. Reports an error and returns false if Go
 * fails, or if the code is no program. */
bool go_build(struct arena *arena, const struct package *package, const char *target,
              struct collection *inputs);
/* Fills `look` with the command that go_build would run. Runs nothing, so it notes all files of the
 * modules. Returns false after a reported error. */
bool go_look(struct arena *arena, const struct package *package, const char *target,
             struct collection *inputs, struct build_look *look);

#endif
