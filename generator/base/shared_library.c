#include "base/shared_library.h"

#include <dlfcn.h>
#include <stdio.h>

/* Writes through void **, because C has no cast from void * to a function pointer. POSIX (dlsym)
 * guarantees that the pointer can be used as a function. */
static bool find_functions(void *handle, const struct shared_library *library, void *all)
{
    for (size_t i = 0; i < library->n; i++) {
        void **pointer = (void **)((char *)all + library->functions[i].offset);
        if (!(*pointer = dlsym(handle, library->functions[i].name)))
            return false;
    }
    return true;
}

bool shared_library_load(const struct shared_library *library, void *all, const char **why)
{
    static char text[512];
    void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
    if (handle && find_functions(handle, library, all))
        return true;
    snprintf(text, sizeof text, "%s cannot be loaded (%s); %s", library->soname, dlerror(),
             library->need);
    *why = text;
    return false;
}
