#include <string.h>

#include "base/util.h"
#include "sources/build_tree.h"

static bool has_name(char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool build_tree_has(char *const *names, size_t n)
{
    return has_name(names, n, "CMakeCache.txt") || has_name(names, n, ".gordon");
}

bool build_tree_is_source(char *const *names, size_t n)
{
    return has_name(names, n, "cmake_install.cmake");
}

bool build_tree_writes(const char *name)
{
    static const char *const written[] = {
        "CMakeCache.txt", "CMakeFiles",  "cmake_install.cmake",     "CTestTestfile.cmake",
        "Testing",        "Makefile",    "DartConfiguration.tcl",   "compile_commands.json",
        "build.ninja",    "rules.ninja", "install_manifest.txt",    "CPackConfig.cmake",
        ".ninja_log",     ".ninja_deps", "CPackSourceConfig.cmake", "_CPack_Packages",
        ".ninja_lock",    ".gordon",
    };
    return str_one_of(name, written, countof(written)) ||
           (str_starts(name, "build-") && str_ends(name, ".ninja"));
}

bool build_tree_is_installed(const char *relative)
{
    static const char *const folders[] = {"node_modules", "site-packages", "vendor/bundle"};
    for (size_t i = 0; i < countof(folders); i++) {
        size_t len = strlen(folders[i]);
        for (const char *at = relative; (at = strstr(at, folders[i])); at += len)
            if ((at == relative || at[-1] == '/') && (!at[len] || at[len] == '/'))
                return true;
    }
    return false;
}
