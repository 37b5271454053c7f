#include <locale.h>
#include <stdbool.h>

#include "archive/libarchive.h"
#include "base/shared_library.h"
#include "base/util.h"

static const struct shared_function functions[] = {
#define ROW(name) {"archive_" #name, offsetof(struct libarchive, name)},
    LIBARCHIVE_FUNCTIONS(ROW)
#undef ROW
};

static const struct shared_library library = {
    .soname = GORDON_LIBARCHIVE,
    .need = "releases need it: on Debian and Ubuntu install the package libarchive13 or "
            "libarchive13t64",
    .functions = functions,
    .n = countof(functions),
};

const struct libarchive *libarchive_load(const char **missing)
{
    static struct libarchive all;
    static bool loaded;
    loaded = loaded || shared_library_load(&library, &all, missing);
    return loaded ? &all : NULL;
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
