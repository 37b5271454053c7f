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

/* Does it, where the caller has locked. On an error, which was reported, there is no zip. The
 * code's own files win over what an installer brings under the same name. */
bool packing_run(struct arena *arena, const struct package *package, const struct notes *notes);
/* Looks without running or writing anything, and notes as inputs what packing_run would, and the
 * zip of the dependencies; of a target nothing, as only CMake knows it. `look->argvs` is NULL where
 * files are just packed. False after an error that was reported. */
bool packing_look(struct arena *arena, const struct package *package, struct collection *inputs,
                  struct build_look *look);

#endif
