#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_layers.h"
#include "lambdas/layer.h"
#include "resources/bundle.h"
#include "resources/reference.h"
#include "resources/runtime.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"layers", FIELD_ANY}};

static const struct node *layers_of(const struct lambda *lambda)
{
    return node_get(lambda->settings, "layers");
}

static bool is_arn(const struct node *node)
{
    return str_starts(node->text, "arn:");
}

/* Whether the text is the ARN of a layer's version: arn:aws:lambda:<region>:<account>:layer:<name>:
 * and a number. */
static bool check_arn(const struct node *node)
{
    const char *layer = strstr(node->text, ":layer:"), *version = strrchr(node->text, ':');
    bool whole = layer && version > layer + strlen(":layer") && version[1] &&
                 str_is_made_of(version + 1, STR_DIGITS);
    return whole || diag_error(EXIT_VALUE, node->pos,
                               "this is not the ARN of a layer's version, which ends in "
                               ":layer:<name>:<number>");
}

/* Length of the ARN or name without the number of the version. */
static size_t layer_len(const struct node *node)
{
    const char *version = is_arn(node) ? strrchr(node->text, ':') : NULL;
    return version ? (size_t)(version - node->text) : strlen(node->text);
}

static bool is_known(const struct node *node)
{
    return node_text(node) && !node_dynamic(node);
}

/* --- checks ------------------------------------------------------------------------------- */

static bool has_runtime(const struct layer *layer, const struct lambda *lambda)
{
    for (size_t i = 0; lambda->runtime && i < layer->nruntimes; i++)
        if (strcmp(layer->runtimes[i]->identifier, lambda->runtime->identifier) == 0)
            return true;
    return !layer->nruntimes || !lambda->runtime;
}

static bool has_architecture(const struct layer *layer, const char *architecture)
{
    for (size_t i = 0; i < layer->narchitectures; i++)
        if (strcmp(layer->architectures[i], architecture) == 0)
            return true;
    return !layer->narchitectures;
}

static bool unfit(const struct layer *layer, const struct node *node, const char *key,
                  const char *value)
{
    const struct node *list = node_get(layer->bundle->settings, key);
    diag_error(EXIT_RESOURCE, node->pos, "the layer '%s' is not for %s, which the lambda has",
               layer->bundle->reference, value);
    diag_note(list->pos, "add it to these %s of the layer, or use another layer", key);
    return false;
}

static bool check_fit(const struct layer *layer, const struct lambda *lambda,
                      const struct node *node)
{
    const char *architecture = lambda->bundle->architecture;
    bool ok =
        has_runtime(layer, lambda) || unfit(layer, node, "runtimes", lambda->runtime->identifier);
    return (has_architecture(layer, architecture) ||
            unfit(layer, node, "architectures", architecture)) &&
           ok;
}

static bool check_items(const struct model *model, const struct lambda *lambda,
                        const struct node *layers);

static bool check_item(const struct model *model, const struct lambda *lambda,
                       const struct node *node)
{
    static const char *const types[] = {LAYER_TYPE, NULL};
    const struct node *const *branches = function_branches(node);
    if (branches) {
        bool first = check_items(model, lambda, branches[0]);
        return check_items(model, lambda, branches[1]) && first;
    }
    if (node_dynamic(node))
        return reference_check(model, node, types, "a version of a layer");
    if (!node_text(node) || !*node->text)
        return diag_error(EXIT_VALUE, node->pos, "a layer is a name, an ARN or a ref, not %s",
                          node_text(node) ? "empty text" : node_kind_words(node));
    if (is_arn(node))
        return check_arn(node);
    const struct layer *layer = layer_find(model, lambda->app, node);
    return layer && check_fit(layer, lambda, node);
}

/* One layer, or a list of them. */
static bool check_items(const struct model *model, const struct lambda *lambda,
                        const struct node *layers)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(layers); i++)
        ok = check_item(model, lambda, node_item(layers, i)) && ok;
    return ok;
}

static const struct layer *named(const struct model *model, const struct lambda *lambda,
                                 const struct node *node)
{
    return is_known(node) && !is_arn(node) ? layer_find(model, lambda->app, node) : NULL;
}

/* Whether two items are the same layer. Lambda takes no layer twice, not even in two versions. */
static bool is_same(const struct model *model, const struct lambda *lambda, const struct node *a,
                    const struct node *b)
{
    if (!is_known(a) || !is_known(b))
        return false;
    if (!is_arn(a) || !is_arn(b))
        return !is_arn(a) && !is_arn(b) && named(model, lambda, a) == named(model, lambda, b);
    size_t len = layer_len(a);
    return len == layer_len(b) && strncmp(a->text, b->text, len) == 0;
}

static bool check_twice(const struct model *model, const struct lambda *lambda,
                        const struct node *layers, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (!is_same(model, lambda, node_item(layers, k), node_item(layers, i)))
            continue;
        diag_error(EXIT_RESOURCE, node_item(layers, i)->pos,
                   "this layer is in the list already; a function takes one version of each layer");
        diag_note(node_item(layers, k)->pos, "the other one is here");
        return false;
    }
    return true;
}

static bool check(const struct model *model, const struct lambda *lambda)
{
    const struct node *layers = layers_of(lambda);
    size_t n = node_items(layers);
    bool ok = check_items(model, lambda, layers);
    for (size_t i = 1; ok && i < n; i++)
        ok = check_twice(model, lambda, layers, i);
    return (n <= LAMBDA_LAYERS_MAX ||
            diag_error(EXIT_VALUE, node_item(layers, LAMBDA_LAYERS_MAX)->pos,
                       "a lambda has at most %d layers, and this one has %zu", LAMBDA_LAYERS_MAX,
                       n)) &&
           ok;
}

/* --- writing ------------------------------------------------------------------------------ */

bool lambda_has_layers(const struct lambda *lambda)
{
    return node_items(layers_of(lambda)) > 0;
}

size_t lambda_own_layers(const struct model *model, const struct lambda *lambda,
                         const struct layer *layers[LAMBDA_LAYERS_MAX])
{
    const struct node *list = layers_of(lambda);
    size_t n = 0;
    for (size_t i = 0; i < node_items(list) && i < LAMBDA_LAYERS_MAX; i++) {
        const struct layer *layer = named(model, lambda, node_item(list, i));
        if (layer)
            layers[n++] = layer;
    }
    return n;
}

static json_t *version(const struct node *node, const void *data)
{
    const struct lambda_parts *parts = data;
    const struct layer *layer = named(parts->model, parts->lambda, node);
    return layer ? cfn_ref(layer->id) : reference_value(parts->model, node, WANT_ARN);
}

static void write(struct lambda_parts *parts)
{
    const struct node *layers = layers_of(parts->lambda);
    if (node_items(layers))
        lambda_property(parts->function, "Layers", cfn_list_of(layers, version, parts));
}

const struct lambda_subject lambda_layers = {fields, countof(fields), .check = check,
                                             .write = write};
