/* layout.h - where files stand in the zip of a layer: in the folders of which the runtimes take
 * code (Lambda Developer Guide, "Packaging your layer content").
 *
 *     python/          files and packages of Python
 *     nodejs/          files and node_modules of Node
 *     java/lib/        jars; classes are packed as one jar
 *     ruby/lib/        files of Ruby
 *     ruby/gems/3.4.0/ gems
 *
 * Code that has the folder of its language already, or nothing but folders that layers may have,
 * stays as it is: bin/, extensions/, lib/ without code of its language, and folders of languages.
 * So does a zip, and what has no language. */
#ifndef SOURCES_LAYOUT_H
#define SOURCES_LAYOUT_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Gives the collected files of a layer their names in its zip; does nothing for a lambda. May write
 * a jar into the work folder. Returns false after a reported error. */
bool layout_own(struct arena *arena, const struct package *package, struct collection *collection);
/* The same of files that a tool has installed: leaves out those that layers do not need. */
void layout_installed(struct arena *arena, const struct package *package,
                      struct collection *collection);

#endif
