/* maven.h - the jars that Maven copies: their names, and the bytes of its own. */
#ifndef LANGUAGES_MAVEN_H
#define LANGUAGES_MAVEN_H
#include <stdbool.h>

struct above;
struct arena;

/* Takes the group off the names of all files in a folder but those that would then have the same
 * name. `list` is the file of dependency:list. A missing folder is fine. Returns false with errno.
 */
bool maven_shorten(struct arena *arena, const char *folder, const char *list);
/* Writes anew those jars in a folder that Maven made of modules in `copy`, a copy of `above->base`:
 * with their files sorted and dated, and without what says when and by whom they were made. Returns
 * false after a reported error. */
bool maven_settle(struct arena *arena, const char *folder, const struct above *above,
                  const char *copy);

#endif
