#include "lambdas/lambda_grant.h"
#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "resources/model.h"

/* The resources whose kinds write policies into a lambda's role: by kind, as they were read, then
 * by app and name, so that nothing depends on the order of keys. */
struct grants {
    const struct resource **resources;
    size_t count;
};

/* Whether `a` comes before `b`, of one kind; apps are in one array. */
static bool is_before(const struct resource *a, const struct resource *b)
{
    return a->app != b->app ? a->app < b->app : strcmp(a->name, b->name) < 0;
}

static void sort_in(struct grants *grants)
{
    const struct resource **all = grants->resources;
    for (size_t i = grants->count - 1;
         i && all[i]->kind == all[i - 1]->kind && is_before(all[i], all[i - 1]); i--) {
        const struct resource *other = all[i];
        all[i] = all[i - 1];
        all[i - 1] = other;
    }
}

void lambda_grant(struct model *model, const struct lambda *lambda, const struct resource *resource)
{
    struct grants *grants = table_get(&model->grants, lambda->short_id);
    if (!grants) {
        grants = arena_alloc(model->arena, sizeof *grants);
        table_set(model->arena, &model->grants, lambda->short_id, grants);
    }
    array_push(model->arena, grants->resources, grants->count, resource);
    sort_in(grants);
}

static void write(struct lambda_parts *parts)
{
    const struct grants *grants = table_get(&parts->model->grants, parts->lambda->short_id);
    for (size_t i = 0; grants && parts->role && i < grants->count; i++)
        grants->resources[i]->kind->grant(grants->resources[i], parts);
}

const struct lambda_subject lambda_grants = {.always = true, .write = write};
