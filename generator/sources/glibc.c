#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "sources/elf.h"
#include "sources/glibc.h"
#include "sources/package.h"

/* The x of the glibc 2.x that a symbol version needs, or 0. GLIBC_ABI_DT_RELR belongs to no symbol:
 * it marks a file that a loader before 2.36 cannot relocate. */
static int minor_of(const char *version)
{
    static const char before[] = "GLIBC_2.";
    if (strcmp(version, "GLIBC_ABI_DT_RELR") == 0)
        return 36;
    long minor = str_starts(version, before) ? strtol(version + strlen(before), NULL, 10) : 0;
    return minor > 0 && minor < INT_MAX ? (int)minor : 0;
}

int glibc_needed(const struct elf *elf)
{
    int newest = 0;
    for (size_t i = 0; i < elf->nversions; i++) {
        int minor = minor_of(elf->versions[i]);
        newest = minor > newest ? minor : newest;
    }
    return newest;
}

void glibc_warn(const struct package *package, const char *path, const struct elf *elf,
                const char *what_to_do)
{
    int there = runtime_glibc(package->runtime), needed = glibc_needed(elf);
    if (needed > there)
        diag_warning(package->pos, "%s needs glibc 2.%d, and %s has 2.%d: %s", path, needed,
                     package->runtime, there, what_to_do);
}
