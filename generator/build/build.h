/* build.h - build commands: those of the settings, or the language's own, run in a copy. */
#ifndef BUILD_BUILD_H
#define BUILD_BUILD_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Whether this lambda is built by commands, and not just copied. */
bool build_has_commands(const struct package *package);
/* Runs the commands one after the other and adds what they left in {target}; the source's files are
 * noted as inputs. A failure is reported with the command and its output. */
bool build_run(struct arena *arena, const struct package *package, struct collection *collection);

/* What would be run. */
struct build_look {
    const char ***argvs; /* argument vectors, NULL behind the last */
    const char *folder;  /* where they run */
};

/* Looks without running or writing anything, and notes the same inputs. False after an error that
 * was reported. */
bool build_look(struct arena *arena, const struct package *package, struct collection *inputs,
                struct build_look *look);

#endif
