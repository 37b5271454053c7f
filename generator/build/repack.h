/* repack.h - packs a bundle again as the last build did, without the settings.
 *
 * The state of a build keeps a text of each bundle whose code nothing else of the project depends
 * on: its plan and its places in the settings. While the settings, the parameters and the templates
 * are as they were, a build packs only what has changed. */
#ifndef BUILD_REPACK_H
#define BUILD_REPACK_H
#include <stdbool.h>

struct arena;
struct package;
struct state_part;

/* The text for the state, of a package that was looked at; "" if commands build it or if only
 * CMake knows its code. */
const char *repack_text(struct arena *arena, const struct package *package);
/* Returns the package of a part that is not current any more; NULL if the whole project must be
 * loaded: if there is no text, or if the manifests have changed, of which unpinned.h warns. */
struct package *repack_package(struct arena *arena, const struct state_part *part);

#endif
