#include "resources/lambda_grant.h"
#include "base/util.h"
#include "resources/lambda.h"
#include "resources/model.h"

/* The resources whose kinds write policies into a lambda's role, in the order in which they were
 * read. */
struct grants {
    const struct resource **resources;
    size_t count;
};

void lambda_grant(struct model *model, const struct lambda *lambda, const struct resource *resource)
{
    struct grants *grants = table_get(&model->grants, lambda->short_id);
    if (!grants) {
        grants = arena_alloc(model->arena, sizeof *grants);
        table_set(model->arena, &model->grants, lambda->short_id, grants);
    }
    array_push(model->arena, grants->resources, grants->count, resource);
}

static void write(struct lambda_parts *parts)
{
    const struct grants *grants = table_get(&parts->model->grants, parts->lambda->short_id);
    for (size_t i = 0; grants && parts->role && i < grants->count; i++)
        grants->resources[i]->kind->grant(grants->resources[i], parts);
}

const struct lambda_subject lambda_grants = {.always = true, .write = write};
