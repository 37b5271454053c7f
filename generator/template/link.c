#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "template/link.h"

/* A link as it was found. The texts need not outlive the call of what visits it. */
struct found {
    enum link_kind kind;
    const char *name;
    size_t len;            /* of the name */
    const char *attribute; /* or NULL */
    size_t attribute_len;
    const json_t *keys; /* or NULL */
};

/* What visits the links of a value. */
struct visit {
    void (*found)(const struct visit *visit, const struct found *link);
    void *data, *more;
};

static void found_text(const struct visit *visit, enum link_kind kind, const json_t *name,
                       const json_t *attribute, const json_t *keys)
{
    if (json_is_string(name))
        visit->found(visit, &(struct found){kind, json_string_value(name), json_string_length(name),
                                            json_string_value(attribute),
                                            json_string_length(attribute), keys});
}

static bool has_name(const json_t *map, const char *name, size_t len)
{
    if (!json_object_size(map))
        return false;
    char *key = memory_text(name, len);
    bool has = json_object_get(map, key);
    free(key);
    return has;
}

const char *link_next_hole(const char **rest, size_t *len)
{
    const char *hole = strstr(*rest, "${"), *end = hole ? strchr(hole, '}') : NULL;
    if (!end)
        return NULL;
    *rest = end;
    hole += strlen("${");
    hole += strspn(hole, " ");
    *len = (size_t)(end - hole);
    while (*len && hole[*len - 1] == ' ')
        --*len;
    return hole;
}

/* `own` has the names that the Fn::Sub itself defines, or is NULL. */
static void visit_holes(const struct visit *visit, const char *text, const json_t *own)
{
    size_t len;
    for (const char *rest = text ? text : "", *hole; (hole = link_next_hole(&rest, &len));) {
        const char *dot = memchr(hole, '.', len);
        struct found link = {.kind = LINK_REF, .name = hole, .len = len};
        if (dot)
            link = (struct found){.kind = LINK_ATT,
                                  .name = hole,
                                  .len = (size_t)(dot - hole),
                                  .attribute = dot + 1,
                                  .attribute_len = len - (size_t)(dot - hole) - 1};
        if (link.len && *hole != '!' && !has_name(own, hole, link.len) && !has_name(own, hole, len))
            visit->found(visit, &link);
    }
}

static void visit_sub(const struct visit *visit, const json_t *value)
{
    bool list = json_is_array(value);
    visit_holes(visit, json_string_value(list ? json_array_get(value, 0) : value),
                list ? json_array_get(value, 1) : NULL);
}

static void visit_ref(const struct visit *visit, const json_t *value)
{
    found_text(visit, LINK_REF, value, NULL, NULL);
}

/* [Name, Attribute] */
static void visit_att(const struct visit *visit, const json_t *value)
{
    found_text(visit, LINK_ATT, json_array_get(value, 0), json_array_get(value, 1), NULL);
}

static void visit_condition(const struct visit *visit, const json_t *value)
{
    found_text(visit, LINK_CONDITION, value, NULL, NULL);
}

static void visit_if(const struct visit *visit, const json_t *value)
{
    found_text(visit, LINK_CONDITION, json_array_get(value, 0), NULL, NULL);
}

static void visit_map(const struct visit *visit, const json_t *value)
{
    found_text(visit, LINK_MAPPING, json_array_get(value, 0), NULL, value);
}

static const struct {
    const char *name;
    void (*visit)(const struct visit *visit, const json_t *value);
} functions[] = {
    {"Ref", visit_ref},   {"Fn::Sub", visit_sub},       {"Fn::GetAtt", visit_att},
    {"Fn::If", visit_if}, {"Fn::FindInMap", visit_map}, {"Condition", visit_condition},
};

static void visit_value(const struct visit *visit, const json_t *value)
{
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach((json_t *)value, i, child)
        visit_value(visit, child);
    bool single = json_object_size(value) == 1;
    json_object_foreach((json_t *)value, key, child) {
        for (i = 0; single && i < countof(functions); i++)
            if (strcmp(key, functions[i].name) == 0)
                functions[i].visit(visit, child);
        if (json_is_object(child) || json_is_array(child))
            visit_value(visit, child);
    }
}

static void add(const struct visit *visit, const struct found *found)
{
    struct links *links = visit->data;
    struct link link = *(const struct link *)visit->more;
    const char *name = found->name, *attribute = found->attribute;
    link.kind = found->kind;
    link.name = name[found->len] ? arena_strndup(links->arena, name, found->len) : name;
    link.attribute = attribute && attribute[found->attribute_len]
                         ? arena_strndup(links->arena, attribute, found->attribute_len)
                         : attribute;
    link.keys = found->keys;
    array_push(links->arena, links->list, links->n, link);
}

/* What stands beside the properties of a resource, or the value of an output. */
static void add_attributes(const struct visit *visit, const json_t *entry)
{
    size_t i;
    json_t *name, *depends = json_object_get(entry, "DependsOn");
    found_text(visit, LINK_DEPENDS, depends, NULL, NULL);
    json_array_foreach(depends, i, name)
        found_text(visit, LINK_DEPENDS, name, NULL, NULL);
    if (json_object_size(entry) > 1)
        found_text(visit, LINK_CONDITION, json_object_get(entry, "Condition"), NULL, NULL);
}

void links_add(struct links *links, const char *section, const json_t *entries)
{
    struct link link = {.section = section};
    const struct visit visit = {add, links, &link};
    json_t *entry;
    json_object_foreach((json_t *)entries, link.from, entry) {
        add_attributes(&visit, entry);
        visit_value(&visit, entry);
    }
}

struct listener {
    void (*found)(const char *name, void *data);
    void *data;
};

static void tell(const struct visit *visit, const struct found *found)
{
    const struct listener *listener = visit->data;
    if (found->kind != LINK_REF && found->name[found->len] != '.')
        return;
    char *text = memory_text(found->name, found->len);
    listener->found(text, listener->data);
    free(text);
}

void link_each_ref(const json_t *value, void (*found)(const char *name, void *data), void *data)
{
    struct listener listener = {found, data};
    const struct visit visit = {tell, &listener, NULL};
    visit_value(&visit, value);
}
