/* target.h - packs a program that CMake builds, and its libraries, for Lambda's provided runtimes:
 *
 *     bootstrap    the program
 *     lib/         its shared libraries, where Lambda looks for them
 *
 * or, with its C library:
 *
 *     bootstrap    a shell script that starts the program by the loader in lib/
 *     lib/         the loader, the C library and all others
 *     program      the program
 *
 * or, for a layer:
 *
 *     lib/         the target, if it is a shared library, and the libraries that it needs
 *     bin/NAME     the target, if it is a program */
#ifndef BUILD_TARGET_H
#define BUILD_TARGET_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Adds the program or library of a package, whose code is "target://...", and the libraries that it
 * needs, and notes these files as inputs. Reports errors (EXIT_BUILD) and warnings at the code, and
 * returns false after an error. */
bool target_collect(struct arena *arena, const struct package *package,
                    struct collection *collection);

#endif
