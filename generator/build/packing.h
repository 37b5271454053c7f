/* packing.h - packs a lambda: collects its code, installs its dependencies, runs its build commands
 * and writes its zip. */
#ifndef BUILD_PACKING_H
#define BUILD_PACKING_H
#include <stdbool.h>

struct arena;
struct build_look;
struct collection;
struct notes;
struct package;

/* Looks at the code (package_look) and packs the lambda; the caller must hold the lock
 * (package_lock). After a reported error there is no zip, and it returns false. The code's own
 * files win over installed files of the same name. */
bool packing_run(struct arena *arena, struct package *package, const struct notes *notes);
/* Fills `look` and notes the same inputs as packing_run, and the zip of the dependencies, but runs
 * and writes nothing. Notes nothing if only CMake knows the code's files. `look->argvs`
 * is NULL if no commands build the lambda. Returns false after a reported error. */
bool packing_look(struct arena *arena, const struct package *package, struct collection *inputs,
                  struct build_look *look);

#endif
