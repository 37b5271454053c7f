#include <string.h>

#include "base/util.h"
#include "jinja/callee.h"

const struct callee *callee_find(const struct callee *callees, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(callees[i].name, name) == 0)
            return &callees[i];
    return NULL;
}

const char *callee_nearest(const struct callee *callees, size_t n, const char *name)
{
    const char *names[64];
    for (size_t i = 0; i < n && i < countof(names); i++)
        names[i] = callees[i].name;
    return str_nearest(name, names, n < countof(names) ? n : countof(names));
}
