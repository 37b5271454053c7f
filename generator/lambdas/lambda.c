#include <string.h>

#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/node.h"
#include "template/cfn.h"

const struct lambda *lambda_of(const struct resource *resource)
{
    return resource_is(resource, LAMBDA_KEY) ? resource->data : NULL;
}

/* Returns the reference that is probably meant: that of a lambda with just this name in an app, or
 * the most similar one; or NULL. */
static const char *nearest_reference(const struct model *model, const char *text)
{
    const char **names = NULL;
    size_t n = 0;
    if (!diag_suggests())
        return NULL;
    for (size_t i = 0; i < model->count; i++) {
        const struct lambda *lambda = lambda_of(model->resources[i]);
        if (!lambda || !lambda->reference)
            continue;
        if (strcmp(lambda->name, text) == 0)
            return lambda->reference;
        array_push(model->arena, names, n, lambda->reference);
    }
    return str_nearest(text, names, n);
}

/* The lambda of a reference as Gordon 0.7 took it too, "app:name"; or NULL. */
static const struct lambda *with_colon(const struct model *model, const char *reference)
{
    char *dotted = arena_strdup(model->arena, reference), *colon = strchr(dotted, ':');
    if (!colon)
        return NULL;
    *colon = '.';
    return table_get(&model->lambdas, dotted);
}

const struct lambda *lambda_look(const struct model *model, const char *reference)
{
    const struct lambda *lambda = table_get(&model->lambdas, reference);
    return lambda ? lambda : with_colon(model, reference);
}

/* Whether the settings have this lambda, with errors that were reported. */
static bool is_wrong(const struct model *model, const char *reference)
{
    for (size_t i = 0; i < model->count; i++)
        if (resource_is(model->resources[i], LAMBDA_KEY) &&
            strcmp(resource_reference(model->arena, model->resources[i]), reference) == 0)
            return true;
    return false;
}

const struct lambda *lambda_named(const struct model *model, struct pos pos, enum exit_code code,
                                  const char *reference)
{
    const struct lambda *lambda = lambda_look(model, reference);
    if (lambda || is_wrong(model, reference))
        return lambda;
    const char *near = nearest_reference(model, reference);
    if (near)
        diag_error(code, pos, "there is no lambda '%s'; did you mean '%s'?", reference, near);
    else
        diag_error(code, pos,
                   "there is no lambda '%s'; write app.name, or only name for a lambda of the "
                   "project itself",
                   reference);
    return NULL;
}

const struct lambda *lambda_find(const struct model *model, const struct node *node)
{
    return lambda_named(model, node->pos, EXIT_NOT_FOUND, node->text);
}

const char *lambda_own_role(struct arena *arena, const struct lambda *lambda)
{
    if (node_set(node_get(lambda->settings, "role")))
        return NULL;
    return arena_printf(arena, "%sRole", lambda->short_id);
}

json_t *lambda_alias(const struct lambda *lambda)
{
    return cfn_ref(lambda->alias_id);
}
