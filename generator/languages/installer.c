#include <string.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "languages/installer.h"
#include "sources/package.h"

bool installer_manifest(struct arena *arena, const struct package *package, const char *name,
                        char **text)
{
    const struct root root = {package->root, EXIT_BUILD};
    size_t len;
    return root_read(arena, &root, path_join(arena, package->code, name), text, &len);
}

void installer_add(struct arena *arena, const char ***argv, size_t *n, const char *const *words,
                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        array_push(arena, *argv, *n, words[i]);
}

const char *installer_no_setting(const struct package *package)
{
    (void)package;
    return NULL;
}

bool installer_empty(struct arena *arena, const char *into)
{
    (void)arena;
    return remove_path(into) && file_mkdirs(into);
}
