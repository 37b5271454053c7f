#include <string.h>

#include "resources/function_check.h"
#include "resources/model.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"

static bool read_entry(struct model *model, const struct kind *kind, const struct app *app,
                       const struct entry *entry)
{
    struct resource *resource = arena_alloc(model->arena, sizeof *resource);
    *resource = (struct resource){kind, app, entry->key->text, entry->key, entry->value, NULL};
    array_push(model->arena, model->resources, model->count, resource);
    return (!kind->read || kind->read(model, resource)) &&
           function_check(&model->transforms, entry->value);
}

static bool read_kind(struct model *model, const struct kind *kind, const struct app *app)
{
    const struct node *map = app_get(app, kind->key);
    bool ok = true;
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
        ok = read_entry(model, kind, app, &map->entries[i]) && ok;
    return ok;
}

struct model *model_new(const struct project *project)
{
    struct model *model = arena_alloc(project->arena, sizeof *model);
    model->arena = project->arena;
    model->project = project;
    return model;
}

/* Checks the functions in settings that are of no kind. */
static bool check_functions(struct model *model, const struct app *app)
{
    static const char *const keys[] = {"defaults", "tags"};
    bool ok = true;
    for (size_t i = 0; i < countof(keys); i++) {
        const struct node *value = app_get(app, keys[i]);
        ok = (!value || function_check(&model->transforms, value)) && ok;
    }
    return ok;
}

bool model_read(struct model *model, const struct kind *const *kinds, size_t n)
{
    const struct project *project = model->project;
    bool ok = true;
    for (size_t a = 0; a < project->napps; a++)
        ok = check_functions(model, &project->apps[a]) && ok;
    for (size_t k = 0; k < n; k++) {
        ok = (!kinds[k]->begin || kinds[k]->begin(model)) && ok;
        for (size_t a = kinds[k]->project_only ? project->napps - 1 : 0; a < project->napps; a++)
            ok = read_kind(model, kinds[k], &project->apps[a]) && ok;
    }
    return ok;
}

const struct declared *model_declared(const struct model *model, const char *section,
                                      const char *name)
{
    if (!model->declared.count)
        return NULL;
    struct buf key = {0};
    buf_printf(&key, "%s.%s", section, name);
    const struct declared *declared = table_get(&model->declared, key.data);
    buf_free(&key);
    return declared;
}

bool resource_is(const struct resource *resource, const char *key)
{
    return strcmp(resource->kind->key, key) == 0;
}

const char *resource_reference(struct arena *arena, const struct resource *resource)
{
    const char *app = resource->app->name;
    return *app ? arena_printf(arena, "%s.%s", app, resource->name) : resource->name;
}

const char *resource_id(const struct model *model, const struct resource *resource)
{
    const char *id = name_id(model->arena, resource->name, NULL);
    if (*id)
        return id;
    diag_error(EXIT_VALUE, resource->key->pos,
               "'%s' has no letter or digit that a logical id could be made of", resource->name);
    return NULL;
}

const char *resource_app_id(const struct model *model, const struct resource *resource)
{
    if (!resource_id(model, resource))
        return NULL;
    return name_id(model->arena, resource->app->name, resource->name, NULL);
}
