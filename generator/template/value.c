#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "settings/node.h"
#include "settings/scalar.h"
#include "settings/schema.h"
#include "template/value.h"

json_t *cfn_ref(const char *name)
{
    return json_pack("{s:s}", "Ref", name);
}

json_t *cfn_att(const char *id, const char *attribute)
{
    return json_pack("{s:[s,s]}", "Fn::GetAtt", id, attribute);
}

json_t *cfn_sub(const char *text)
{
    return json_pack("{s:s}", "Fn::Sub", text);
}

json_t *cfn_join(const char *separator, json_t *parts)
{
    return json_pack("{s:[s,o]}", "Fn::Join", separator, parts);
}

void cfn_add_once(json_t *list, json_t *value)
{
    size_t i;
    json_t *other;
    bool new = true;
    json_array_foreach(list, i, other)
        new = new && !json_equal(other, value);
    if (new)
        json_array_append(list, value);
    json_decref(value);
}

/* clang-format off */
json_t *cfn_assume_role(const char *service)
{
    return json_pack("{s:s, s:[{s:[s], s:s, s:{s:[s]}}]}",
        "Version", "2012-10-17",
        "Statement",
            "Action", "sts:AssumeRole",
            "Effect", "Allow",
            "Principal", "Service", service);
}
/* clang-format on */

bool cfn_check_ref(struct pos pos, const char *name)
{
    /* the name of a resource that Fn::ForEach makes has ${Identifier} in it */
    bool loop = strstr(name, "${") && str_is_made_of(name, STR_ALNUM "${}&");
    if (str_is_made_of(name, STR_ALNUM) || str_starts(name, "AWS::") || loop)
        return true;
    return diag_error(
        EXIT_VALUE, pos,
        strchr(name, '.')
            ? "a ref names a resource or a parameter; an attribute of a resource is att://%s"
            : "a ref names a parameter, whose name has letters and digits only, not '%s'",
        name);
}

/* How a tree of settings becomes JSON. */
struct conversion {
    json_t *(*ref)(const char *name);
    bool written; /* numbers that JSON would write in another way are text */
};

enum { VALUES_MAX = 2000000, TEXT_PART = 128 };
static size_t converted;

void cfn_begin_values(void)
{
    converted = 0;
}

static json_t *convert(const struct node *node, const struct conversion *how);

/* Whether a name is that of a part of a resource, as SAM and modules have: "Api.Stage". Whether
 * there is such a part is checked in the template (link_check). */
static bool is_dotted(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot && dot > name && dot[1] && !strstr(name, "..") && !str_ends(name, ".") &&
           str_is_made_of(name, STR_ALNUM ".");
}

static json_t *convert_ref(const struct node *node, const char *name, const struct conversion *how)
{
    /* CloudFormation limits the names of parameters; an action takes any name that is not empty */
    bool good = (how->ref != cfn_ref && *name) || is_dotted(name) || cfn_check_ref(node->pos, name);
    return good ? how->ref(name) : NULL;
}

/* "Name.Attribute"; the attribute of a nested stack has dots, too. */
static json_t *convert_att(const struct node *node, const char *text)
{
    size_t len = strcspn(text, ".");
    if (!text[len] || !text[len + 1] || strspn(text, STR_ALNUM) != len || !len) {
        diag_error(EXIT_VALUE, node->pos,
                   "att:// is followed by a resource and its attribute, as in att://Orders.Arn");
        return NULL;
    }
    char *id = memory_text(text, len);
    json_t *att = cfn_att(id, text + len + 1);
    free(id);
    return att;
}

/* Reports a value that only the stack knows. */
static json_t *report_late(const struct node *node)
{
    diag_error(EXIT_VALUE, node->pos,
               "a context is put into the zip before the stack exists, so its values are "
               "known parameters (ref://Name) and text");
    return NULL;
}

static json_t *convert_string(const struct node *node, const struct conversion *how)
{
    const char *rest;
    enum reference reference = reference_of(node, &rest);
    if (reference == REFERENCE_NONE)
        return json_string(node->text);
    if (reference == REFERENCE_REF)
        return convert_ref(node, rest, how);
    if (how->ref != cfn_ref)
        return report_late(node);
    switch (reference) {
    case REFERENCE_ATT:
        return convert_att(node, rest);
    case REFERENCE_SUB:
        return cfn_sub(rest);
    case REFERENCE_LAMBDA: /* NULL after an error, which model_load has reported */
        return node->name ? cfn_ref(node->name) : NULL;
    case REFERENCE_IMPORT:
        if (!*rest)
            diag_error(EXIT_VALUE, node->pos,
                       "import:// is followed by the name of another stack's export");
        return json_pack("{s:s}", "Fn::ImportValue", rest);
    default: /* text://, of which project_load has reported an error */
        return NULL;
    }
}

static json_t *convert_number(const struct node *node, const struct conversion *how)
{
    json_t *number = node->kind == NODE_INT ? json_integer(node->integer) : json_real(node->real);
    if (!number)
        diag_error(EXIT_VALUE, node->pos, "JSON has no number '%s'; quote it to make it text",
                   node->text);
    if (!number || !how->written || scalar_is_plain(node))
        return number;
    json_decref(number);
    return json_string(node->text);
}

static json_t *convert_list(const struct node *node, const struct conversion *how)
{
    json_t *list = json_array();
    for (size_t i = 0; i < node->count; i++) {
        json_t *item = convert(node->items[i], how);
        json_array_append_new(list, item ? item : json_null());
    }
    return list;
}

static json_t *convert_map(const struct node *node, const struct conversion *how)
{
    if (how->ref != cfn_ref && function_is(node))
        return report_late(node);
    json_t *map = json_object();
    for (size_t i = 0; i < node->count; i++) {
        json_t *value = convert(node->entries[i].value, how);
        json_object_set_new(map, node->entries[i].key->name, value ? value : json_null());
    }
    return map;
}

/* Counts a value, with a long text as several. A value stands in a template as often as aliases,
 * contexts and tags name it, so that a short file could become one without end. */
static bool count(const struct node *node)
{
    size_t before = converted;
    if (converted <= VALUES_MAX)
        converted += 1 + (node->kind == NODE_STRING ? strlen(node->text) / TEXT_PART : 0);
    if (before <= VALUES_MAX && converted > VALUES_MAX)
        diag_error(EXIT_VALUE, node->pos, "the settings expand to more than %d values of templates",
                   VALUES_MAX);
    return converted <= VALUES_MAX;
}

static json_t *convert(const struct node *node, const struct conversion *how)
{
    if (!node)
        return NULL;
    if (!count(node))
        return json_null();
    switch (node->kind) {
    case NODE_NULL:
        return NULL;
    case NODE_BOOL:
        return json_boolean(node->boolean);
    case NODE_INT:
    case NODE_REAL:
        return convert_number(node, how);
    case NODE_STRING:
        return convert_string(node, how);
    case NODE_LIST:
        return convert_list(node, how);
    case NODE_MAP:
        return convert_map(node, how);
    }
    return NULL;
}

json_t *cfn_convert(const struct node *node, json_t *(*ref)(const char *name))
{
    return convert(node, &(struct conversion){ref, false});
}

json_t *cfn_value(const struct node *node)
{
    return convert(node, &(struct conversion){cfn_ref, true});
}

json_t *cfn_branches(const struct node *node, cfn_one *one, const void *data)
{
    const struct node *const *branches = function_branches(node);
    if (!branches)
        return one(node, data);
    return json_pack("{s:[o, o, o]}", "Fn::If", cfn_value(node->entries[0].value->items[0]),
                     cfn_branches(branches[0], one, data), cfn_branches(branches[1], one, data));
}

/* Whether a value is a list, or Fn::If of which one value is. */
static bool gives_list(const struct node *node)
{
    static const char *const functions[] = {"Fn::Split", "Fn::GetAZs", "Fn::Cidr"};
    const struct node *const *branches = function_branches(node);
    if (branches)
        return gives_list(branches[0]) || gives_list(branches[1]);
    return node->kind == NODE_LIST ||
           (function_is(node) &&
            str_one_of(node->entries[0].key->text, functions, countof(functions)));
}

json_t *cfn_list_of(const struct node *node, cfn_one *one, const void *data)
{
    if (!node_set(node))
        return NULL;
    const struct node *const *branches = gives_list(node) ? function_branches(node) : NULL;
    if (branches)
        return json_pack("{s:[o, o, o]}", "Fn::If", cfn_value(node->entries[0].value->items[0]),
                         cfn_list_of(branches[0], one, data), cfn_list_of(branches[1], one, data));
    if (node_is_no_value(node) || (function_is(node) && gives_list(node)))
        return cfn_value(node);
    json_t *list = json_array();
    for (size_t i = 0; i < node_items(node); i++)
        json_array_append_new(list, cfn_branches(node_item(node, i), one, data));
    return list;
}

json_t *cfn_list(const struct node *node)
{
    static const char *const functions[] = {"Fn::Split", "Fn::If", "Fn::FindInMap", "Fn::GetAZs",
                                            "Fn::Cidr"};
    if (!node_set(node))
        return NULL;
    bool list = node->kind == NODE_LIST ||
                (function_is(node) &&
                 str_one_of(node->entries[0].key->text, functions, countof(functions)));
    return list ? cfn_value(node) : json_pack("[o]", cfn_value(node));
}

json_t *cfn_int(const struct node *node)
{
    return node_dynamic(node) ? cfn_value(node) : json_integer(schema_int(node, 0));
}

json_t *cfn_optional_int(const struct node *node)
{
    return node_set(node) ? cfn_int(node) : NULL;
}

static json_t *one_choice(const struct node *node, const void *choices)
{
    const char *choice = schema_choice(node, choices);
    return choice ? json_string(choice) : cfn_value(node);
}

json_t *cfn_choice(const struct node *node, const char *const *choices)
{
    return cfn_branches(node, one_choice, choices);
}

bool cfn_is_function(const json_t *value)
{
    if (json_object_size(value) != 1)
        return false;
    const char *key = json_object_iter_key(json_object_iter((json_t *)value));
    return str_starts(key, "Fn::") || strcmp(key, "Ref") == 0;
}
