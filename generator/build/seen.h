/* seen.h - sees that targets have changed the code of a lambda, for builds by Ninja.
 *
 * Ninja looks at files when it starts. So it does not see that a target changes a file that no edge
 * declares as its output. One edge runs after the targets that a project depends on, and touches
 * the file `changed` in the work folder of each lambda whose inputs are not as they were when it
 * was packed; the lambda's edge depends on that file. */
#ifndef BUILD_SEEN_H
#define BUILD_SEEN_H
#include <stdbool.h>

struct arena;

/* Touches `changed` of each lambda in the work folder that has other inputs than its record
 * (notes.h), no record or no `changed`. Returns false after a reported error. */
bool seen_touch(struct arena *arena, const char *work);

#endif
