#include <string.h>

#include "base/util.h"
#include "resources/fragment.h"
#include "resources/link_place.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/cfn.h"

/* What is searched: a value that makes the link. */
struct search {
    const struct link *link;
    size_t before;            /* so many other links to the same stand before it */
    size_t argument;          /* whose place is wanted; 0 is the name */
    const struct node *found; /* it, or the last one of these links; or NULL */
    bool done;
};

static bool is_text(const struct node *node, const char *text)
{
    return node && node->kind == NODE_STRING && strcmp(node->text, text) == 0;
}

/* Whether a text of `len` bytes is the name, or "Name.Attribute" if the link is to an attribute,
 * which is any one if it is NULL. */
static bool is_target(const char *text, size_t len, const struct link *link)
{
    const char *attribute = link->attribute;
    size_t name = strlen(link->name);
    if (len < name || strncmp(text, link->name, name) != 0)
        return false;
    if (link->kind != LINK_ATT)
        return len == name;
    return len > name && text[name] == '.' &&
           (!attribute || (strlen(attribute) == len - name - 1 &&
                           strncmp(text + name + 1, attribute, len - name - 1) == 0));
}

/* How many times a text of Fn::Sub leads there. */
static size_t count_holes(const char *text, const struct link *link)
{
    size_t len, n = 0;
    for (const char *rest = text, *hole; (hole = link_next_hole(&rest, &len));)
        n += is_target(hole, len, link);
    return n;
}

static size_t count_in_string(const struct node *node, const struct link *link)
{
    const char *rest;
    switch (reference_of(node, &rest)) {
    case REFERENCE_REF:
        return link->kind == LINK_REF && is_target(rest, strlen(rest), link);
    case REFERENCE_ATT:
        return link->kind == LINK_ATT && is_target(rest, strlen(rest), link);
    case REFERENCE_SUB:
        return link->kind <= LINK_ATT ? count_holes(rest, link) : 0;
    case REFERENCE_LAMBDA:
        return link->kind == LINK_REF && node->name && strcmp(node->name, link->name) == 0;
    default:
        return 0;
    }
}

/* Whether the arguments of a function are those of the link, as far as these are texts. */
static bool has_keys(const struct node *arguments, const json_t *keys)
{
    const struct node *argument;
    bool same = true;
    for (size_t i = 0; same && (argument = node_item(arguments, i)); i++) {
        const char *key = json_string_value(json_array_get(keys, i));
        same = !key || (node_text(argument) && strcmp(node_text(argument), key) == 0);
    }
    return same;
}

/* The functions, attributes and settings that make a link of each kind, beside texts and Fn::Sub.
 */
static const char *const makers[][3] = {
    [LINK_REF] = {"Ref"},
    [LINK_ATT] = {"Fn::GetAtt"},
    [LINK_DEPENDS] = {"DependsOn"},
    [LINK_CONDITION] = {"Fn::If", "Condition", "condition"},
    [LINK_MAPPING] = {"Fn::FindInMap"},
};

/* How many links stand directly under a key, the first of which has its name at `first`. */
static size_t count_under(const char *key, const struct node *value, const struct node *first,
                          const struct link *link)
{
    if (link->kind <= LINK_ATT && strcmp(key, "Fn::Sub") == 0)
        return first->kind == NODE_STRING ? count_holes(first->text, link) : 0;
    bool made = false;
    for (size_t i = 0; i < countof(makers[0]) && makers[link->kind][i]; i++)
        made = made || strcmp(key, makers[link->kind][i]) == 0;
    if (!made || !is_text(first, link->name))
        return 0;
    return link->kind == LINK_ATT
               ? !link->attribute || is_text(node_item(value, 1), link->attribute)
               : !link->keys || has_keys(value, link->keys);
}

/* Takes the place of `n` links. */
static void take(struct search *search, const struct node *place, size_t n)
{
    if (!n)
        return;
    search->found = place;
    search->done = n > search->before;
    search->before -= search->done ? 0 : n;
}

static void look_under(struct search *search, const char *key, const struct node *value)
{
    const struct link *link = search->link;
    bool each = link->kind == LINK_DEPENDS;
    const struct node *first, *wanted = node_item(value, search->argument);
    for (size_t i = 0; !search->done && (first = node_item(value, i)) && (each || i == 0); i++)
        take(search, each || !wanted ? first : wanted, count_under(key, value, first, link));
}

static void look(struct search *search, const struct node *node)
{
    if (node && node->kind == NODE_STRING)
        take(search, node, count_in_string(node, search->link));
    for (size_t i = 0; node && !search->done && i < node->count; i++) {
        bool list = node->kind == NODE_LIST;
        if (!list)
            look_under(search, node->entries[i].key->text, node->entries[i].value);
        if (!search->done)
            look(search, list ? node->items[i] : node->entries[i].value);
    }
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* How many links to the same, that are searched in the same place, come before this one. */
static size_t links_before(const struct model *model, const struct cfn *cfn,
                           const struct link *link, bool declared)
{
    size_t n = 0;
    for (const struct link *other = cfn->links.list; other < link; other++)
        n += other->kind == link->kind && strcmp(other->name, link->name) == 0 &&
             same(other->attribute, link->attribute) &&
             (!link->keys || json_equal((json_t *)other->keys, (json_t *)link->keys)) &&
             (declared ? other->section == link->section && other->from == link->from
                       : !model_declared(model, other->section, other->from));
    return n;
}

/* Searches an entry of a fragment, or the settings of all apps and all documents. */
static const struct node *find(const struct project *project, const struct declared *declared,
                               struct search *search)
{
    if (declared)
        look(search, declared->value);
    if (declared)
        return search->found;
    for (size_t i = 0; !search->done && i < project->napps; i++) {
        look(search, project->apps[i].override);
        look(search, search->done ? NULL : project->apps[i].settings);
    }
    for (size_t i = 0; !search->done && i < project->ndocuments; i++)
        look(search, project->documents[i]);
    return search->found;
}

/* Finds a reference from which Gordon made another link to the same: `ref://Mail` where an ARN is
 * taken. */
static const struct node *find_reference(const struct project *project,
                                         const struct declared *declared, const struct link *link)
{
    const struct node *found = NULL;
    for (enum link_kind kind = LINK_REF; !found && kind <= LINK_ATT; kind++) {
        struct link other = {.kind = kind, .name = link->name};
        found = find(project, declared, &(struct search){.link = &other});
    }
    return found;
}

struct pos link_place_argument(const struct model *model, const struct cfn *cfn,
                               const struct link *link, size_t argument)
{
    const struct project *project = model->project;
    const struct declared *declared = model_declared(model, link->section, link->from);
    const struct pos *place = table_get(
        strcmp(link->section, "Outputs") == 0 ? &cfn->output_places : &cfn->places, link->from);
    const struct cfn_origin *origin = cfn_origin_of(cfn, link);
    if (origin)
        return origin->pos;
    struct search search = {.link = link, .argument = argument};
    search.before = links_before(model, cfn, link, declared);
    const struct node *found = find(project, declared, &search);
    found = found ? found : find_reference(project, declared, link);
    if (found)
        return found->pos;
    return declared ? declared->key->pos : place ? *place : (struct pos){.file = project->file};
}

struct pos link_place(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    return link_place_argument(model, cfn, link, 0);
}
