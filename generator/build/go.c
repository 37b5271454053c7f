#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "build/installer.h"
#include "build/package.h"

static const char *const go_programs[] = {"go", NULL};

static bool go_decides(const char *name)
{
    return strcmp(path_base(name), "go.mod") == 0 || strcmp(path_base(name), "go.sum") == 0;
}

/* Go downloads into its module cache, from which the build takes the modules. */
static bool go_arguments(struct arena *arena, const struct package *package, const char *into,
                         const char ***argv, size_t *n)
{
    (void)package, (void)into;
    array_push(arena, *argv, *n, "mod");
    array_push(arena, *argv, *n, "download");
    return true;
}

const struct installer installer_go = {
    LANG_GO,
    "go.mod",
    go_programs,
    installer_no_setting,
    "version",
    IN_COPY,
    go_decides,
    NULL,
    go_arguments,
    installer_empty,
    "Go could not get the modules that go.mod and go.sum ask for"};
