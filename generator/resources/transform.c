#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/transform.h"
#include "settings/node.h"

static const char *const names[TRANSFORM_COUNT] = {
    [TRANSFORM_SAM] = "AWS::Serverless-2016-10-31",
    [TRANSFORM_EXTENSIONS] = "AWS::LanguageExtensions",
};

/* The name of a transform: text, or {Name, Parameters}. */
static const char *name_of(const struct node *item)
{
    return node_text(item->kind == NODE_MAP ? node_get(item, "Name") : item);
}

bool transform_is_macro(const struct node *transform)
{
    const struct node *item;
    bool macro = false;
    for (size_t i = 0; (item = node_item(transform, i)); i++)
        macro = macro || (name_of(item) && !str_starts(name_of(item), "AWS::"));
    return macro;
}

bool transform_read(struct transforms *all, const struct node *transform)
{
    const struct node *item;
    bool macro = transform_is_macro(transform), ok = true;
    for (size_t i = 0; (item = node_item(transform, i)); i++) {
        const char *name = name_of(item);
        for (enum transform t = 0; name && t < TRANSFORM_COUNT; t++)
            all->has[t] = all->has[t] || macro || strcmp(name, names[t]) == 0;
        if (!name)
            ok = diag_error(EXIT_VALUE, item->pos,
                            "a transform is the name of a macro, or {Name, Parameters}");
    }
    return ok;
}

void transform_need(struct transforms *all, enum transform transform, const struct node *node)
{
    if (!all->needs[transform])
        all->needs[transform] = node;
}

bool transform_check(const struct transforms *all)
{
    bool ok = true;
    for (enum transform t = 0; t < TRANSFORM_COUNT; t++) {
        const struct node *node = all->needs[t];
        if (node && !all->has[t])
            ok = diag_error(EXIT_RESOURCE, node->pos,
                            "'%s' needs the transform that knows it: write Transform: %s",
                            node->text, names[t]);
    }
    return ok;
}
