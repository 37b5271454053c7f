/* shared_library.h - libraries that are loaded when they are first needed, because the program
 * starts several times faster without them. */
#ifndef BASE_SHARED_LIBRARY_H
#define BASE_SHARED_LIBRARY_H
#include <stdbool.h>
#include <stddef.h>

struct shared_library {
    const char *soname; /* of the library on the build system: it stands for the interface that the
                         * headers declare */
    const char *need;   /* for the message: who needs it, and which package has it */
    const struct shared_function {
        const char *name;
        size_t offset; /* of its pointer in what is filled */
    } * functions;
    size_t n;
};

/* Fills the pointers to functions in `all`. Returns false if that fails, with a message in `*why`.
 * The library is never closed. */
bool shared_library_load(const struct shared_library *library, void *all, const char **why);

#endif
