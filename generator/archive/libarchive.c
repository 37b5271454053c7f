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

/* POSIX, dlsym: what it gives can be stored as a pointer to a function. C knows no cast for that.
 */
static bool find_functions(void *library, struct libarchive *all)
{
    for (size_t i = 0; i < countof(functions); i++) {
        void **pointer = (void **)((char *)all + functions[i].offset);
        if (!(*pointer = dlsym(library, functions[i].name)))
            return false;
    }
    return true;
}

/* GORDON_LIBARCHIVE is the name that the library has on the system that this was built on: that of
 * its interface, whose functions and types are those of the headers. It is never closed. */
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
             "%s, which releases are packed with, cannot be loaded (%s); Debian and Ubuntu have it "
             "in the package libarchive13 or libarchive13t64",
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
