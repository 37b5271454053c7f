#include <string.h>

#include "base/util.h"
#include "resources/fragment.h"
#include "resources/link_place.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

static bool is_name(const struct node *node, const char *name)
{
    return node && node->kind == NODE_STRING && strcmp(node->text, name) == 0;
}

/* Whether `text` is the name, or begins with it and a '.'. */
static bool leads(const char *text, const char *name)
{
    size_t len = strlen(name);
    return strncmp(text, name, len) == 0 && (!text[len] || text[len] == '.');
}

static bool has_hole(const char *text, const char *name)
{
    size_t len;
    for (const char *rest = text, *hole; (hole = link_next_hole(&rest, &len));)
        if (len == strlen(name) && strncmp(hole, name, len) == 0)
            return true;
    return false;
}

static bool in_string(const struct node *node, const char *name)
{
    const char *rest;
    switch (reference_of(node, &rest)) {
    case REFERENCE_REF:
        return strcmp(rest, name) == 0;
    case REFERENCE_ATT:
        return leads(rest, name);
    case REFERENCE_SUB:
        return has_hole(rest, name);
    case REFERENCE_LAMBDA:
        return node->name && strcmp(node->name, name) == 0;
    default:
        return false;
    }
}

/* The first text of a value: itself, or the first item of a list. */
static const struct node *first(const struct node *value)
{
    return value->kind == NODE_LIST && value->count ? value->items[0] : value;
}

/* The node under a key of a function or an attribute that has the name, or NULL. */
static const struct node *under_key(const char *key, const struct node *value, const char *name)
{
    static const char *const named[] = {"Fn::GetAtt", "Fn::If", "Fn::FindInMap", "Condition"};
    const struct node *text = first(value);
    if (str_one_of(key, named, countof(named)))
        return is_name(text, name) ? text : NULL;
    if (strcmp(key, "Fn::Sub") == 0)
        return text->kind == NODE_STRING && has_hole(text->text, name) ? text : NULL;
    if (strcmp(key, "DependsOn") != 0)
        return NULL;
    for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++)
        if (is_name(value->items[i], name))
            return value->items[i];
    return is_name(value, name) ? value : NULL;
}

static const struct node *find(const struct node *node, const char *name)
{
    const struct node *found = NULL;
    if (!node)
        return NULL;
    if (node->kind == NODE_STRING)
        return in_string(node, name) ? node : NULL;
    for (size_t i = 0; !found && i < node->count; i++) {
        bool list = node->kind == NODE_LIST;
        const struct node *value = list ? node->items[i] : node->entries[i].value;
        if (!list)
            found = under_key(node->entries[i].key->text, value, name);
        found = found ? found : find(value, name);
    }
    return found;
}

struct pos link_place(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    const struct project *project = model->project;
    const struct declared *declared = model_declared(model, link->section, link->from);
    const struct pos *place = table_get(
        strcmp(link->section, "Outputs") == 0 ? &cfn->output_places : &cfn->places, link->from);
    const struct cfn_origin *origin = cfn_origin_of(cfn, link);
    const struct node *found = declared ? find(declared->value, link->name) : NULL;
    if (origin)
        return origin->pos;
    for (size_t i = 0; !declared && !found && i < project->napps; i++) {
        found = find(project->apps[i].override, link->name);
        found = found ? found : find(project->apps[i].settings, link->name);
    }
    for (size_t i = 0; !declared && !found && i < project->ndocuments; i++)
        found = find(project->documents[i], link->name);
    if (found)
        return found->pos;
    return declared ? declared->key->pos : place ? *place : (struct pos){.file = project->file};
}
