#include "events/source.h"

#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/util.h"
#include "settings/partition.h"
#include "settings/project.h"
#include "template/cfn.h"

static const char *folder_of(struct arena *arena)
{
    return path_join(arena, project_data_dir(arena), "events");
}

const char *const *source_names(struct arena *arena, size_t *n)
{
    const char *folder = folder_of(arena);
    char **names = file_list(arena, folder, n);
    if (!names)
        fatal("%s:", folder);
    for (size_t i = 0; i < *n; i++)
        names[i] = arena_strndup(arena, names[i], strcspn(names[i], "."));
    return (const char *const *)names;
}

static void report_unknown(const char *name, const char *const *names, size_t n)
{
    const char *near = str_nearest(name, names, n);
    struct buf all = {0};
    for (size_t i = 0; i < n; i++)
        buf_add_item(&all, ", ", names[i]);
    if (near)
        diag_error(EXIT_USAGE, (struct pos){0}, "there is no event '%s'; did you mean '%s'?", name,
                   near);
    else
        diag_error(EXIT_USAGE, (struct pos){0}, "there is no event '%s'; there are %s", name,
                   all.data);
    buf_free(&all);
}

json_t *source_load(struct arena *arena, const char *name)
{
    size_t n;
    const char *const *names = source_names(arena, &n);
    json_error_t error;
    if (!str_one_of(name, names, n)) {
        report_unknown(name, names, n);
        return NULL;
    }
    const char *path = arena_printf(arena, "%s/%s.json", folder_of(arena), name);
    json_t *file = cfn_read(path, 0, &error);
    if (!file)
        fatal("%s: %s", path, error.text);
    return file;
}

bool source_takes(const char *value)
{
    static const char *const places[] = {"aws", "domain", "region", "stage"};
    return !str_one_of(value, places, countof(places));
}

void source_add_common(json_t *values, const char *region, const char *stage)
{
    const struct partition *partition = partition_of(region);
    json_t *common = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "account", "123456789012", "time",
                               "2026-01-01T00:00:00Z", "region", region, "stage", stage, "aws",
                               partition->name, "domain", partition->domain);
    json_object_update_missing(values, common);
    json_decref(common);
}
