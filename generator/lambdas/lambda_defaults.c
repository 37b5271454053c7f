#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_defaults.h"
#include "lambdas/lambda_image.h"
#include "lambdas/lambda_logs.h"
#include "lambdas/lambda_word.h"
#include "resources/model.h"
#include "settings/merge.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"

/* The kinds of resources that have defaults. */
static const struct field kinds[] = {{LAMBDA_KEY, FIELD_MAP}};

enum { VALUES_MAX = 1000000 }; /* of the defaults of all lambdas of an app */

/* Settings that name one lambda. */
static const char *const single[] = {"logical-name", "name"};

static bool check_single(const struct node *lambdas)
{
    bool ok = true;
    for (size_t i = 0; i < countof(single); i++) {
        const struct node *value = node_get(lambdas, single[i]);
        if (node_set(value))
            ok = diag_error(EXIT_RESOURCE, value->pos,
                            "'%s' names one lambda, so it has no default; set it in that lambda",
                            single[i]);
    }
    return ok;
}

/* Sets *lambdas to the map of an app's defaults, or NULL; false after errors. */
static bool read_defaults(const struct app *app, const struct node **lambdas)
{
    size_t n;
    const struct field *fields = lambda_fields(&n);
    const struct node *defaults = app_get(app, "defaults");
    *lambdas = node_get(defaults, LAMBDA_KEY);
    return schema_check(kinds, countof(kinds), defaults, defaults, "defaults") &&
           schema_check_set(fields, n, *lambdas, "a lambda") && check_single(*lambdas);
}

static size_t values(const struct node *node)
{
    size_t n = 1;
    for (size_t i = 0; i < node->count; i++)
        n += values(node->kind == NODE_LIST ? node->items[i] : node->entries[i].value);
    return n;
}

/* Each lambda of the app gets all defaults, so that a short file could become settings without end.
 */
static bool check_size(const struct app *app, const struct node *defaults)
{
    const struct node *lambdas = app_get(app, LAMBDA_KEY);
    if (!defaults || !lambdas || !node_set(defaults) || !node_set(lambdas) ||
        lambdas->count <= VALUES_MAX / values(defaults))
        return true;
    return diag_error(EXIT_VALUE, defaults->pos,
                      "these defaults would be more than %d values in the %zu lambdas of '%s'",
                      VALUES_MAX, lambdas->count, *app->name ? app->name : "the project");
}

bool lambda_defaults_load(struct model *model)
{
    const struct project *project = model->project;
    const struct app *apps = project->apps, *self = &apps[project->napps - 1];
    const struct node *common;
    bool ok = read_defaults(self, &common);
    for (size_t i = 0; i < project->napps; i++) {
        const struct node *own = NULL;
        if (&apps[i] != self)
            ok = read_defaults(&apps[i], &own) && ok;
        const struct node *all = apps[i].contrib ? own : node_merge(model->arena, common, own);
        if (!check_size(&apps[i], all))
            ok = false;
        else if (all && node_set(all) && all->kind == NODE_MAP)
            table_set(model->arena, &model->defaults, apps[i].name, (void *)all);
    }
    return ok;
}

/* Returns the defaults without those that what the lambda says itself leaves no place for: policies
 * for a role that it does not have, and the like. */
static const struct node *fitting(struct arena *arena, const struct node *defaults,
                                  const struct node *own)
{
    static const char *const of_role[] = {"policies", "managed-policies", "permissions-boundary"};
    const char *keys[countof(of_role) + LAMBDA_LOGS_UNFIT];
    size_t n = lambda_logs_unfit(own, keys);
    for (size_t i = 0; node_set(node_get(own, "role")) && i < countof(of_role); i++)
        keys[n++] = of_role[i];
    defaults = lambda_image_defaults(arena, defaults, own);
    return n ? node_without(arena, defaults, keys, n) : defaults;
}

const struct node *lambda_with_defaults(const struct model *model, const struct resource *resource)
{
    const struct node *defaults = table_get(&model->defaults, resource->app->name);
    const struct node *own = resource->settings;
    return defaults ? node_merge(model->arena, fitting(model->arena, defaults, own), own) : own;
}
