#include <dlfcn.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>

#include "archive/libarchive.h"
#include "base/util.h"

static const struct function {
    const char *name;
    size_t offset; /* of its pointer in struct libarchive */
} functions[] = {
#define ROW(name) {"archive_" #name, offsetof(struct libarchive, name)},
    LIBARCHIVE_FUNCTIONS(ROW)
#undef ROW
};

/* Writes through void **, because C has no cast from void * to a function pointer. POSIX (dlsym)
 * guarantees that the pointer can be used as a function. */
static bool find_functions(void *library, struct libarchive *all)
{
    for (size_t i = 0; i < countof(functions); i++) {
        void **pointer = (void **)((char *)all + functions[i].offset);
        if (!(*pointer = dlsym(library, functions[i].name)))
            return false;
    }
    return true;
}

/* GORDON_LIBARCHIVE is the soname of the library on the build system. It stands for the interface
 * that the headers declare. The library is never closed. */
const struct libarchive *libarchive_load(const char **missing)
{
    static struct libarchive all;
    static bool loaded;
    static char why[512];
    void *library = loaded ? NULL : dlopen(GORDON_LIBARCHIVE, RTLD_NOW | RTLD_LOCAL);
    if (loaded || (library && find_functions(library, &all))) {
        loaded = true;
        return &all;
    }
    snprintf(why, sizeof why,
             "%s cannot be loaded (%s); releases need it: on Debian and Ubuntu install the package "
             "libarchive13 or libarchive13t64",
             GORDON_LIBARCHIVE, dlerror());
    *missing = why;
    return NULL;
}

struct libarchive_utf8 libarchive_utf8_begin(void)
{
    struct libarchive_utf8 utf8 = {.ours = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
    if (utf8.ours)
        utf8.before = uselocale(utf8.ours);
    return utf8;
}

void libarchive_utf8_end(struct libarchive_utf8 utf8)
{
    if (!utf8.ours)
        return;
    uselocale(utf8.before);
    freelocale(utf8.ours);
}
