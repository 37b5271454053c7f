#include <errno.h>
#include <string.h>

#include "archive/zip.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "build/artifact_files.h"
#include "resources/artifact.h"
#include "resources/model.h"
#include "sources/work.h"

/* Links above the outputs may lead anywhere. */
static const struct root own = {NULL, EXIT_BUILD};

const char *artifact_file(struct arena *arena, const char *output, const struct artifact *artifact)
{
    return path_join(arena, output, arena_printf(arena, "code/%s", artifact->name));
}

static bool write_file(const char *path, const char *text, size_t len)
{
    return file_write(path, text, len, 0644) ||
           diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

bool artifact_is_output(const struct model *model, const char *name)
{
    return table_get(&model->artifacts->names, name) || table_get(&model->zips, name);
}

static void add_names(const struct model *model, struct buf *names)
{
    for (size_t i = 0; i < model->artifacts->n; i++)
        buf_printf(names, "%s\n", model->artifacts->list[i].name);
}

/* Writes the list, with the names of `before` too as long as their files may be there. */
static bool write_list(const struct model *model, const char *list, const char *before)
{
    struct buf names = {0};
    buf_adds(&names, before);
    add_names(model, &names);
    bool ok = write_file(list, names.data, names.len);
    buf_free(&names);
    return ok;
}

/* A line of the list is a single name, as ours are: data must not say what is deleted elsewhere. */
static bool remove_old(const struct model *model, const char *output, char *names)
{
    bool ok = true;
    for (char *name; (name = strtok_r(names, "\n", &names));)
        if (!artifact_is_output(model, name) && !path_relative_fault(name) && !strchr(name, '/'))
            ok = work_remove(model->arena, output, arena_printf(model->arena, "code/%s", name)) &&
                 ok;
    return ok;
}

bool artifact_files_write(const struct model *model, const char *output)
{
    const char *list = path_join(model->arena, output, ".gordon/artifacts");
    size_t len;
    char *before;
    if (!root_read(model->arena, &own, list, &before, &len))
        return false;
    if (!before && !model->artifacts->n)
        return true;
    before = before ? before : "";
    bool ok = write_list(model, list, before);
    for (size_t i = 0; ok && i < model->artifacts->n; i++) {
        const struct artifact *artifact = &model->artifacts->list[i];
        const char *path = artifact_file(model->arena, output, artifact);
        ok = artifact->text ? write_file(path, artifact->text, artifact->len)
                            : zip_write(path, artifact->entries, artifact->nentries);
    }
    return ok && remove_old(model, output, arena_strdup(model->arena, before)) &&
           write_list(model, list, "");
}
