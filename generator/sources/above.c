#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "settings/project.h"
#include "sources/above.h"

bool above_read(struct arena *arena, struct above *above, const char *path, char **text)
{
    const struct root root = {above->project, EXIT_BUILD};
    size_t len;
    array_push(arena, above->looked, above->nlooked, path);
    return root_read(arena, &root, path, text, &len);
}

void above_extend(struct arena *arena, struct above *above, const char *folder)
{
    while (!path_within(folder, above->base))
        above->base = path_dir(arena, above->base);
}

static struct pos pos_of(struct arena *arena, const struct above *above,
                         const struct above_name *name)
{
    struct pos pos = {.file = name->manifest, .line = 1};
    const char *start = name->text, *at = name->text + name->offset;
    for (const char *c = name->text; c < at; c++)
        if (*c == '\n') {
            pos.line++;
            start = c + 1;
        }
    pos.column = 1 + (int)str_characters(arena_strndup(arena, start, (size_t)(at - start)));
    pos.length = (int)str_characters(arena_strndup(arena, at, name->len));
    project_show_lines(arena, above->project, name->manifest);
    return pos;
}

bool above_add(struct arena *arena, struct above *above, const struct above_name *name,
               const char **path)
{
    const struct root root = {above->project, EXIT_BUILD};
    enum file_kind kind;
    *path = path_absolute(arena, path_join(arena, name->folder, name->value));
    if (!path_within(*path, above->project)) {
        bool there = file_look(*path) != FILE_MISSING;
        if (there)
            diag_error(EXIT_BUILD, pos_of(arena, above, name),
                       "%s leads to %s, which is not in the project; move it into the folder of "
                       "the project's settings.yml, or write the commands in 'build'",
                       name->what, *path);
        *path = NULL;
        return !there;
    }
    if (!root_look(&root, *path, &kind))
        return false;
    array_push(arena, above->looked, above->nlooked, *path);
    if (kind == FILE_MISSING)
        *path = NULL;
    else
        above_extend(arena, above, kind == FILE_FOLDER ? *path : path_dir(arena, *path));
    return true;
}
