/* target.h - a lambda whose code is a program that CMake builds: with its libraries, as a zip for
 * Lambda's provided runtimes.
 *
 *     bootstrap    the program
 *     lib/         its shared libraries, where Lambda looks for them
 *
 * or, with its C library:
 *
 *     bootstrap    a script of the shell that starts the program by the loader in lib/
 *     lib/         the loader, the C library and all others
 *     program      the program */
#ifndef BUILD_TARGET_H
#define BUILD_TARGET_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

/* Adds the program of a package, whose code is "target://...", and what it needs; all files that
 * are read are noted as inputs. Errors (EXIT_BUILD) and warnings are at the lambda's code. */
bool target_collect(struct arena *arena, const struct package *package,
                    struct collection *collection);

#endif
