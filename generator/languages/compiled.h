/* compiled.h - warns about compiled files in a layer that some of its runtimes or architectures
 * cannot load. */
#ifndef LANGUAGES_COMPILED_H
#define LANGUAGES_COMPILED_H

struct arena;
struct collection;
struct package;

/* Looks at the names of a layer's own files and of those in the zip `dependencies`, which may be
 * NULL. Does nothing for a lambda. Modules of Python have the version in their names (PEP 3149). */
void compiled_warn(struct arena *arena, const struct package *package, const struct collection *own,
                   const char *dependencies);

#endif
