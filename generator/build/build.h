/* build.h - runs build commands, those of the settings or the language's own, in a copy of the code
 * or, with build-in-source, in the code folder. */
#ifndef BUILD_BUILD_H
#define BUILD_BUILD_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Whether commands build this lambda. Otherwise its files are packed as they are. */
bool build_has_commands(const struct package *package);
/* Runs the commands in order and adds the files that they left in {target}. Notes the source files
 * as inputs. Reports a failure with the command and its output, and returns false. */
bool build_run(struct arena *arena, const struct package *package, struct collection *collection);

/* The commands that build_run would run. */
struct build_look {
    const char ***argvs;            /* argument vectors, with NULL after the last */
    const char *folder;             /* their working directory */
    const char *const *environment; /* what is added to it, as run.h takes it */
};

/* Fills `look` and notes the same inputs as build_run, but runs and writes nothing. Returns false
 * after a reported error. */
bool build_look(struct arena *arena, const struct package *package, struct collection *inputs,
                struct build_look *look);

#endif
