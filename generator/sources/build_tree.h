/* build_tree.h - recognizes build trees and installed packages in a code folder by their names. */
#ifndef SOURCES_BUILD_TREE_H
#define SOURCES_BUILD_TREE_H
#include <stdbool.h>
#include <stddef.h>

/* Whether a folder with these names is a build tree of CMake, or an output folder of Gordon. */
bool build_tree_has(char *const *names, size_t n);
/* Whether CMake builds a project in the folder of its source, and this is a folder of it. */
bool build_tree_is_source(char *const *names, size_t n);
/* Whether CMake, Ninja, Make, CTest, CPack or Gordon write this name to the top of a build tree, or
 * CMake to folders of a project that is built in its source. */
bool build_tree_writes(const char *name);
/* Whether `relative`, a path in a code folder, is in a folder of packages that a tool such as npm
 * has installed there, or is that folder. */
bool build_tree_is_installed(const char *relative);

#endif
