#include "local/microhttpd.h"

#include "base/shared_library.h"
#include "base/util.h"

static const struct shared_function functions[] = {
#define ROW(name) {"MHD_" #name, offsetof(struct microhttpd, name)},
    MICROHTTPD_FUNCTIONS(ROW)
#undef ROW
};

static const struct shared_library library = {
    .soname = GORDON_LIBMICROHTTPD,
    .need = "lambdas need it to run here: on Debian and Ubuntu install the package "
            "libmicrohttpd12 or libmicrohttpd12t64",
    .functions = functions,
    .n = countof(functions),
};

const struct microhttpd *microhttpd_load(const char **missing)
{
    static struct microhttpd all;
    static bool loaded;
    loaded = loaded || shared_library_load(&library, &all, missing);
    return loaded ? &all : NULL;
}
