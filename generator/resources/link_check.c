#include <string.h>

#include "base/util.h"
#include "resources/link_check.h"
#include "resources/link_place.h"
#include "resources/model.h"
#include "resources/nested_output.h"
#include "template/cfn.h"
#include "template/conditional.h"

/* The most wrong names and circles that are reported: each message looks at all names, or has all
 * steps of the way. */
enum { WRONG_MAX = 1000, CIRCLES_MAX = 20 };

/* "; did you mean 'Orders'?", or "", from the keys of up to two objects. */
static const char *suggestion(const struct model *model, const char *name, const json_t *these,
                              const json_t *those)
{
    const json_t *objects[] = {these, those};
    const char **names = NULL, *key;
    json_t *value;
    size_t n = 0;
    if (!diag_suggests())
        return "";
    for (size_t i = 0; i < countof(objects); i++)
        json_object_foreach((json_t *)objects[i], key, value)
            array_push(model->arena, names, n, key);
    const char *near = str_nearest(name, names, n);
    return near ? arena_printf(model->arena, "; did you mean '%s'?", near) : "";
}

/* User Guide, "Pseudo parameters reference". */
static bool check_pseudo(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    static const char *const names[] = {
        "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition",
        "AWS::Region",    "AWS::StackId", "AWS::StackName",        "AWS::URLSuffix",
    };
    if (!str_starts(link->name, "AWS::") || str_one_of(link->name, names, countof(names)))
        return true;
    const char *near = str_nearest(link->name, names, countof(names));
    return diag_error(EXIT_NOT_FOUND, link_place(model, cfn, link),
                      "CloudFormation has no parameter '%s'%s%s%s", link->name,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool in_conditions(const struct link *link)
{
    return strcmp(link->section, "Conditions") == 0 || strcmp(link->section, "Rules") == 0;
}

/* Whether a name is one of a resource in a module, which begins with the id of the module
 * (CloudFormation User Guide, "Use modules", "Reference resources within a module"). */
static bool is_of_module(const struct model *model, const char *name)
{
    bool found = false;
    for (size_t i = 0; !found && i < model->nmodules; i++)
        found = str_starts(name, model->modules[i]);
    return found;
}

/* "Name.Part", which SAM knows for its resources (AWS SAM Developer Guide, "Reference a generated
 * resource"), and CloudFormation for modules. */
static bool check_dotted(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    return link->kind != LINK_REF || !strchr(link->name, '.') ||
           model->transforms.has[TRANSFORM_SAM] || is_of_module(model, link->name) ||
           diag_error(EXIT_VALUE, link_place(model, cfn, link),
                      "a ref names a resource or a parameter; an attribute of a resource is "
                      "att://%s",
                      link->name);
}

static void check_ref(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    const char *name = link->name;
    bool resource = json_object_get(cfn->resources, name);
    if (resource && in_conditions(link)) {
        diag_error(EXIT_RESOURCE, link_place(model, cfn, link),
                   "a condition or a rule can refer to parameters only, and '%s' is a resource",
                   name);
        return;
    }
    if (!check_pseudo(model, cfn, link) || resource || strchr(name, ':') ||
        json_object_get(cfn->parameters, name) || table_get(&cfn->reserved, name) ||
        (!model_declared(model, link->section, link->from) && !strchr(name, '$')))
        return;
    diag_error(EXIT_NOT_FOUND, link_place(model, cfn, link),
               "there is no resource '%s', and no parameter of this name is declared under "
               "Parameters%s",
               name, suggestion(model, name, cfn->resources, cfn->parameters));
}

static bool check_in(const struct model *model, const struct cfn *cfn, const struct link *link,
                     const json_t *entries, const char *what)
{
    return json_object_get(entries, link->name) ||
           (entries == cfn->resources && is_of_module(model, link->name)) ||
           diag_error(EXIT_NOT_FOUND, link_place(model, cfn, link), "there is no %s '%s'%s", what,
                      link->name, suggestion(model, link->name, entries, NULL));
}

/* A key of a mapping as text; NULL if only CloudFormation knows it. */
static const char *key_text(const struct model *model, const json_t *key)
{
    return json_is_integer(key)
               ? arena_printf(model->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(key))
               : json_string_value(key);
}

/* Whether a transform adds to a map of names. */
static bool is_expanded(const json_t *map)
{
    const char *key;
    json_t *value;
    bool expanded = false;
    json_object_foreach((json_t *)map, key, value)
        expanded = expanded || str_starts(key, "Fn::");
    return expanded;
}

/* Whether the values under all keys of a mapping, or under one of them, lack a name. */
static bool lacks(const json_t *mapping, const char *only, const char *name)
{
    const char *key;
    json_t *values;
    json_object_foreach((json_t *)mapping, key, values)
        if ((!only || strcmp(key, only) == 0) &&
            (json_object_get(values, name) || is_expanded(values)))
            return false;
    return true;
}

/* Fn::FindInMap with a fourth argument, a default, may name any key. */
static void check_keys(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    const json_t *mapping = json_object_get(json_object_get(cfn->sections, "Mappings"), link->name);
    const char *top = key_text(model, json_array_get(link->keys, 1));
    const char *name = key_text(model, json_array_get(link->keys, 2));
    if (json_array_size(link->keys) != 3 || is_expanded(mapping))
        return;
    if (top && !json_object_get(mapping, top))
        diag_error(EXIT_NOT_FOUND, link_place_argument(model, cfn, link, 1),
                   "the mapping '%s' has no key '%s'%s", link->name, top,
                   suggestion(model, top, mapping, NULL));
    else if (name && lacks(mapping, top, name))
        diag_error(EXIT_NOT_FOUND, link_place_argument(model, cfn, link, 2),
                   "the mapping '%s' has no name '%s' under %s%s%s%s", link->name, name,
                   top ? "'" : "any key", top ? top : "", top ? "'" : "",
                   suggestion(model, name, top ? json_object_get(mapping, top) : NULL, NULL));
}

static void check_mapping(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    if (check_in(model, cfn, link, json_object_get(cfn->sections, "Mappings"), "mapping"))
        check_keys(model, cfn, link);
}

static void check_att(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    if (check_in(model, cfn, link, cfn->resources, "resource"))
        nested_output_check(model, cfn, link);
}

static void check_link(const struct model *model, const struct cfn *cfn, const struct link *link)
{
    switch (link->kind) {
    case LINK_REF:
        check_ref(model, cfn, link);
        break;
    case LINK_ATT:
        check_att(model, cfn, link);
        break;
    case LINK_DEPENDS:
        check_in(model, cfn, link, cfn->resources, "resource");
        break;
    case LINK_CONDITION:
        check_in(model, cfn, link, json_object_get(cfn->sections, "Conditions"), "condition");
        break;
    case LINK_MAPPING:
        check_mapping(model, cfn, link);
        break;
    }
}

/* Whether a name of a Ref that the template does not have is one of a module, or, in a fragment,
 * one that a transform may make. */
static bool is_expanded_ref(const struct model *model, const struct cfn *cfn,
                            const struct link *link)
{
    return (model->transformed || model->nmodules) && link->kind == LINK_REF &&
           !json_object_get(cfn->resources, link->name) &&
           !json_object_get(cfn->parameters, link->name) &&
           !table_get(&cfn->reserved, link->name) &&
           ((model->transformed && model_declared(model, link->section, link->from)) ||
            is_of_module(model, link->name));
}

void link_check(const struct model *model, struct cfn *cfn)
{
    size_t before = diag_errors();
    for (size_t i = 0; i < cfn->links.n && diag_errors() - before < WRONG_MAX; i++) {
        const struct link *link = &cfn->links.list[i];
        if (!check_dotted(model, cfn, link))
            continue;
        if (is_expanded_ref(model, cfn, link))
            table_set(model->arena, &cfn->expanded, link->name, cfn);
        else if (!model->transformed)
            check_link(model, cfn, link);
    }
}

/* --- circles ------------------------------------------------------------------------------ */

/* A resource on the way through the graph of links. */
struct vertex {
    enum { NEW, ON_THE_WAY, DONE } state;
    const struct link *next, *end; /* the links that stand in it and were not followed yet */
    const struct link *taken;      /* the one that the way took from here */
    struct vertex *before;         /* from which the way came here */
};

struct walk {
    const struct model *model;
    const struct cfn *cfn;
    struct table vertices; /* id to struct vertex */
    size_t ncircles;       /* reported */
    bool conditions;       /* these refer to each other, not resources */
};

static bool is_edge(const struct walk *w, const struct link *link)
{
    if (w->conditions)
        return strcmp(link->section, "Conditions") == 0 && link->kind == LINK_CONDITION;
    return strcmp(link->section, "Resources") == 0 && link->kind != LINK_CONDITION &&
           link->kind != LINK_MAPPING;
}

/* Whether a transform makes several resources of this one, as of an API and its routes: what refers
 * to one of them need not wait for the others. */
static bool is_several(const struct cfn *cfn, const char *id)
{
    const json_t *type = json_object_get(json_object_get(cfn->resources, id), "Type");
    return json_is_string(type) && str_starts(json_string_value(type), "AWS::Serverless::");
}

/* Finds the links of each resource: they stand one after the other. */
static void find_vertices(struct walk *w)
{
    const struct links *links = &w->cfn->links;
    struct vertex *vertex = NULL;
    for (size_t i = 0; i < links->n; i++) {
        const struct link *link = &links->list[i];
        if (!is_edge(w, link) || (w->model->transformed && is_several(w->cfn, link->from)))
            continue;
        if (!vertex || link->from != vertex->next->from) {
            vertex = arena_alloc(w->model->arena, sizeof *vertex);
            *vertex = (struct vertex){NEW, link, link, NULL, NULL};
            table_set(w->model->arena, &w->vertices, link->from, vertex);
        }
        vertex->end = link + 1;
    }
}

/* The origin (cfn_origin) of a link of the circle that `last` closes, or NULL. */
static struct cfn_origin *origin_in(const struct walk *w, const struct link *last)
{
    const struct link *link = last;
    do {
        const struct vertex *next = table_get(&w->vertices, link->name);
        struct cfn_origin *origin = cfn_origin_of(w->cfn, link);
        if (origin)
            return origin;
        link = next->taken;
    } while (link != last);
    return NULL;
}

static void report_path(const struct walk *w, const struct link *last)
{
    struct buf path = {0};
    const struct link *link = last;
    do {
        const struct vertex *next = table_get(&w->vertices, link->name);
        buf_printf(&path, "%s -> ", link->name);
        link = next->taken;
    } while (link != last);
    buf_adds(&path, last->name);
    diag_error(EXIT_RESOURCE, link_place(w->model, w->cfn, last),
               "these %s refer to each other in a circle, so that none of them can be %s first: %s",
               w->conditions ? "conditions" : "resources", w->conditions ? "known" : "made",
               path.data);
    buf_free(&path);
}

/* Reports the circle that `last` closes: it leads to a resource on the way. An entry of `uses`
 * makes a variable and a policy, so circles by way of both are reported once. */
static void report(struct walk *w, const struct link *last)
{
    const struct link *link = last;
    struct cfn_origin *origin = origin_in(w, last);
    if (origin && origin->reported)
        return;
    w->ncircles++;
    report_path(w, last);
    do {
        const struct vertex *next = table_get(&w->vertices, link->name);
        link = next->taken;
        diag_note(link_place(w->model, w->cfn, link), "'%s' refers to '%s' here", link->from,
                  link->name);
    } while (link != last);
    if (!origin)
        return;
    origin->reported = true;
    diag_note(origin->pos, "%s", origin->advice);
}

/* Goes one link further. Returns the resource at which the way goes on, or NULL at its end. The way
 * may have as many resources as the template, so it is a list and not the stack. */
static struct vertex *step(struct walk *w, struct vertex *vertex)
{
    const struct link *link = vertex->next++;
    struct vertex *next = is_edge(w, link) ? table_get(&w->vertices, link->name) : NULL;
    vertex->taken = link;
    if (next && next->state == NEW) {
        next->state = ON_THE_WAY;
        next->before = vertex;
        return next;
    }
    if (next && next->state == ON_THE_WAY)
        report(w, link);
    return vertex;
}

static void visit(struct walk *w, struct vertex *vertex)
{
    vertex->state = ON_THE_WAY;
    while (vertex && w->ncircles < CIRCLES_MAX) {
        if (vertex->next < vertex->end) {
            vertex = step(w, vertex);
            continue;
        }
        vertex->state = DONE;
        vertex = vertex->before;
    }
}

static void find_circles(struct walk *w)
{
    find_vertices(w);
    for (size_t i = 0; i < w->cfn->links.n; i++) {
        struct vertex *vertex = table_get(&w->vertices, w->cfn->links.list[i].from);
        if (vertex && vertex->state == NEW)
            visit(w, vertex);
    }
}

void link_check_circles(const struct model *model, const struct cfn *cfn)
{
    find_circles(&(struct walk){.model = model, .cfn = cfn});
    if (json_object_get(cfn->sections, "Conditions"))
        find_circles(&(struct walk){.model = model, .cfn = cfn, .conditions = true});
}

/* A stack exports each name once. Outputs with conditions may take turns. */
static void check_exports(struct cfn *cfn)
{
    const char *name;
    json_t *output;
    json_object_foreach(cfn->outputs, name, output) {
        const json_t *export = json_object_get(json_object_get(output, "Export"), "Name");
        const struct pos *place = table_get(&cfn->output_places, name);
        if (export && place && !json_object_get(output, "Condition"))
            cfn_named(cfn, *place, "exports", export);
    }
}

void link_check_all(const struct model *model, struct cfn *cfn)
{
    cfn_link(cfn);
    cfn_check_types(cfn);
    link_check(model, cfn);
    link_check_circles(model, cfn);
    check_exports(cfn);
    conditional_check(cfn);
}
