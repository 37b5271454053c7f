/* build.h - runs build commands, those of the settings or the language's own, in a copy of the code
 * or, with build-in-source, in the code folder. */
#ifndef BUILD_BUILD_H
#define BUILD_BUILD_H
#include <stdbool.h>

struct arena;
struct build_look;
struct collection;
struct package;

/* Whether commands build this lambda. Otherwise its files are packed as they are. */
bool build_has_commands(const struct package *package);
/* Whether build_look notes what build_run reads. For Go it notes more: all files of the modules. */
bool build_look_is_exact(const struct package *package);
/* Runs the commands in order and adds the files that they left in {target}. Notes the source files
 * as inputs. Reports a failure with the command and its output, and returns false. */
bool build_run(struct arena *arena, const struct package *package, struct collection *collection);

/* Fills `look` and notes the same inputs as build_run, but runs and writes nothing. Returns false
 * after a reported error. */
bool build_look(struct arena *arena, const struct package *package, struct collection *inputs,
                struct build_look *look);
#endif
