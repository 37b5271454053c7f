/* install.h - the dependencies of a lambda: what pip and npm install beside its code. */
#ifndef INSTALL_H
#define INSTALL_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Installs what the code folder's manifest asks for (requirements.txt, package.json) and adds its
 * files to the collection. An install is kept, and used again while all that decides its content
 * stays the same. True when there is nothing to install. */
bool install_dependencies(struct arena *arena, const struct package *package,
                          struct collection *collection);

#endif
