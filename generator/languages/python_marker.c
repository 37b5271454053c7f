#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "languages/python.h"
#include "languages/python_marker.h"
#include "sources/package.h"

/* AWS keeps runtimes at the newest patch release, which is higher than those in markers. */
#define PATCH "99"

/* With the version, the version as the words of a tuple, and the machine. At the end it runs the
 * sitecustomize of the Python's own, if there is one. */
static const char module[] =
    "import importlib.machinery, importlib.util, os, platform, sys\n"
    "platform.python_version = lambda: '%s." PATCH "'\n"
    "platform.python_version_tuple = lambda: (*'%s'.split('.'), '" PATCH "')\n"
    "platform.machine = lambda: '%s'\n"
    "here = os.path.realpath(os.path.dirname(__file__))\n"
    "rest = [path for path in sys.path if os.path.realpath(path) != here]\n"
    "spec = importlib.machinery.PathFinder.find_spec('sitecustomize', rest)\n"
    "if spec and spec.loader:\n"
    "    spec.loader.exec_module(importlib.util.module_from_spec(spec))\n";

const char *const *python_marker_env(struct arena *arena, const struct package *package,
                                     const char *folder)
{
    const char *version = package->runtime + strlen("python"), *others = getenv("PYTHONPATH");
    bool arm = strcmp(package->architecture, "arm64") == 0;
    const char *text = arena_printf(arena, module, version, version, arm ? "aarch64" : "x86_64");
    const char **env = NULL;
    size_t n = 0;
    if (!file_write(path_join(arena, folder, "sitecustomize.py"), text, strlen(text), 0600))
        return NULL;
    for (size_t i = 0; python_env[i]; i++)
        array_push(arena, env, n, python_env[i]);
    array_push(arena, env, n,
               arena_printf(arena, "PYTHONPATH=%s%s%s", path_absolute(arena, folder),
                            others && *others ? ":" : "", others ? others : ""));
    array_push(arena, env, n, NULL);
    return env;
}
