/* edited.h - warns that sources were edited since the build that a command uses.
 *
 * `gordon build` has recorded what it read in its state. A CMake build has a record for each edge
 * beside the depfile (NOTES_RECORD), in the work folder that the outputs name (PLAN_WORK). */
#ifndef BUILD_EDITED_H
#define BUILD_EDITED_H
#include <stdbool.h>

struct arena;
struct loaded;

/* Returns the work folder of the CMake build with these outputs, or NULL. Both must name each
 * other: a copy of the outputs is no build, and a build that was moved has no record. */
const char *edited_work(struct arena *arena, const char *output);

/* Warns if a file of the loaded project has another content than when `output` was built, or if a
 * file was added. Parameters do not count: commands read them themselves. Says nothing if no record
 * is found, as with the outputs of another machine. Returns false after reporting that a record
 * cannot be read. */
bool edited_warn(struct arena *arena, const struct loaded *loaded, const char *output);

#endif
