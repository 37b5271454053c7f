#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/printable.h"
#include "settings/function.h"
#include "settings/node.h"
#include "settings/scalar.h"
#include "template/cfn.h"

enum { DIGEST_DIGITS = 8 }; /* of a part of a logical id */
enum { ID_MAX = 255 };      /* characters (CloudFormation quotas) */

/* Parameters to which Gordon itself gives values. Any other parameter is a String without a
 * description. */
static const struct {
    const char *name, *description, *fallback;
} known_parameters[] = {
    {"CodeBucket", "Bucket where the code is located.", NULL},
    {"Region", "AWS Region", NULL},
    {"Stage", "Name of the Stage", "dev"},
};

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
    if (str_is_made_of(name, STR_ALNUM) || str_starts(name, "AWS::"))
        return true;
    return diag_error(EXIT_VALUE, pos,
                      "a ref names a parameter, whose name has letters and digits only, not '%s'",
                      name);
}

/* How a tree of settings becomes JSON. */
struct conversion {
    json_t *(*ref)(const char *name);
    bool written; /* numbers that JSON would write in another way are text */
};

static json_t *convert(const struct node *node, const struct conversion *how);

static json_t *convert_ref(const struct node *node, const char *name, const struct conversion *how)
{
    /* CloudFormation limits the names of parameters; an action takes any name that is not empty */
    bool good = (how->ref != cfn_ref && *name) || cfn_check_ref(node->pos, name);
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

static json_t *convert_string(const struct node *node, const struct conversion *how)
{
    const char *rest;
    enum reference reference = reference_of(node, &rest);
    if (reference == REFERENCE_NONE)
        return json_string(node->text);
    if (reference == REFERENCE_REF)
        return convert_ref(node, rest, how);
    if (how->ref != cfn_ref) {
        diag_error(EXIT_VALUE, node->pos,
                   "a context is put into the zip before the stack exists, so its values are "
                   "known parameters (ref://Name) and text");
        return NULL;
    }
    switch (reference) {
    case REFERENCE_ATT:
        return convert_att(node, rest);
    case REFERENCE_SUB:
        return cfn_sub(rest);
    case REFERENCE_LAMBDA: /* NULL after an error, which model_load has reported */
        return node->name ? cfn_ref(node->name) : NULL;
    case REFERENCE_IMPORT:
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
    json_t *map = json_object();
    for (size_t i = 0; i < node->count; i++) {
        json_t *value = convert(node->entries[i].value, how);
        json_object_set_new(map, node->entries[i].key->name, value ? value : json_null());
    }
    return map;
}

static json_t *convert(const struct node *node, const struct conversion *how)
{
    if (!node)
        return NULL;
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

void cfn_init(struct cfn *cfn, struct arena *arena)
{
    *cfn = (struct cfn){.arena = arena,
                        .parameters = json_object(),
                        .resources = json_object(),
                        .outputs = json_object()};
}

void cfn_release(struct cfn *cfn)
{
    json_decref(cfn->parameters);
    json_decref(cfn->resources);
    json_decref(cfn->outputs);
}

static bool collides(struct pos pos, const struct pos *other, const char *name)
{
    diag_error(EXIT_DUPLICATE, pos,
               "'%s' would be a resource's logical id and the name of a parameter of Gordon's own; "
               "choose another name, or a 'logical-name'",
               name);
    if (other->file)
        diag_note(*other, "the other one is made here");
    return false;
}

void cfn_reserve(struct cfn *cfn, struct pos pos, const char *name)
{
    struct pos *place = arena_alloc(cfn->arena, sizeof *place);
    const struct pos *resource = table_get(&cfn->places, name);
    *place = pos;
    table_set(cfn->arena, &cfn->reserved, arena_strdup(cfn->arena, name), place);
    if (resource)
        collides(pos, resource, name);
}

static bool check_id(const struct cfn *cfn, struct pos pos, const char *id)
{
    const struct pos *parameter = table_get(&cfn->reserved, id);
    if (parameter)
        return collides(pos, parameter, id);
    return strlen(id) <= ID_MAX ||
           diag_error(EXIT_VALUE, pos,
                      "the logical id '%s' has %zu characters; CloudFormation takes %d", id,
                      strlen(id), ID_MAX);
}

static void add_condition(struct cfn *cfn, const char *id, json_t *resource)
{
    if (!cfn->condition)
        return;
    json_object_set_new(resource, "Condition", json_string(cfn->condition));
    table_set(cfn->arena, &cfn->conditional, id, (void *)cfn->condition);
}

void cfn_add(struct cfn *cfn, struct pos pos, const char *id, json_t *resource)
{
    struct pos *place = arena_alloc(cfn->arena, sizeof *place), *before;
    *place = pos;
    id = arena_strdup(cfn->arena, id);
    before = table_get(&cfn->places, id);
    if (!check_id(cfn, pos, id)) {
        json_decref(resource);
        return;
    }
    if (before) {
        json_decref(resource);
        diag_error(EXIT_DUPLICATE, pos, "this makes a second resource with the logical id '%s'",
                   id);
        diag_note(*before, "the first one is made here");
        return;
    }
    table_set(cfn->arena, &cfn->places, id, place);
    add_condition(cfn, id, resource);
    json_object_set_new_nocheck(cfn->resources, id, resource);
}

void cfn_output(struct cfn *cfn, struct pos pos, const char *name, json_t *output)
{
    struct pos *place = arena_alloc(cfn->arena, sizeof *place);
    *place = pos;
    name = arena_strdup(cfn->arena, name);
    const struct pos *before = table_get(&cfn->output_places, name);
    if (before) {
        json_decref(output);
        diag_error(EXIT_DUPLICATE, pos, "two outputs would get the name '%s'", name);
        diag_note(*before, "the other one is here");
        return;
    }
    table_set(cfn->arena, &cfn->output_places, name, place);
    if (cfn->condition)
        json_object_set_new(output, "Condition", json_string(cfn->condition));
    json_object_set_new(cfn->outputs, name, output);
}

struct cfn_typed {
    const char *name, *type;
    struct pos pos;
    size_t uses; /* Refs that need this type */
    size_t refs; /* Refs in the template */
};

void cfn_parameter(struct cfn *cfn, struct pos pos, const char *name, const char *type)
{
    struct cfn_typed *typed = table_get(&cfn->typed, name);
    if (!typed) {
        typed = arena_alloc(cfn->arena, sizeof *typed);
        *typed = (struct cfn_typed){arena_strdup(cfn->arena, name), type, pos, 0, 0};
        table_set(cfn->arena, &cfn->typed, typed->name, typed);
        json_object_set_new(cfn->parameters, name, json_pack("{s:s}", "Type", type));
    }
    typed->uses++;
    if (strcmp(typed->type, type) == 0)
        return;
    diag_error(EXIT_RESOURCE, pos, "the parameter '%s' would have two types, %s and %s", name,
               typed->type, type);
    diag_note(typed->pos, "it has the other type here");
}

static void count_ref(const char *name, void *data)
{
    struct cfn_typed *typed = table_get(data, name);
    if (typed)
        typed->refs++;
}

void cfn_check_types(struct cfn *cfn)
{
    const char *name;
    json_t *parameter;
    cfn_each_ref(cfn->resources, count_ref, &cfn->typed);
    cfn_each_ref(cfn->outputs, count_ref, &cfn->typed);
    json_object_foreach(cfn->parameters, name, parameter) {
        const struct cfn_typed *typed = table_get(&cfn->typed, name);
        if (typed && typed->refs > typed->uses)
            diag_error(EXIT_RESOURCE, typed->pos,
                       "the parameter '%s' is a list here (%s), and text somewhere else; take "
                       "two parameters",
                       name, typed->type);
    }
}

/* Calls `found` for each ${Name} and ${Name.Attribute} in the text of an Fn::Sub; ${!Name} is a
 * literal. `own` has the names that the Fn::Sub itself defines, or is NULL. */
static void each_hole(const char *text, const json_t *own,
                      void (*found)(const char *name, void *data), void *data)
{
    for (const char *hole = text; (hole = strstr(hole, "${"));) {
        hole += 2;
        size_t len = strcspn(hole, "}.");
        char *name = memory_text(hole, len);
        if (*name && *name != '!' && strchr(hole, '}') && !json_object_get(own, name))
            found(name, data);
        free(name);
    }
}

void cfn_each_ref(const json_t *value, void (*found)(const char *name, void *data), void *data)
{
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach((json_t *)value, i, child)
        cfn_each_ref(child, found, data);
    json_object_foreach((json_t *)value, key, child) {
        if (json_is_string(child) && json_object_size(value) == 1 && strcmp(key, "Ref") == 0)
            found(json_string_value(child), data);
        else if (json_is_string(child) && strcmp(key, "Fn::Sub") == 0)
            each_hole(json_string_value(child), NULL, found, data);
        else if (json_is_string(json_array_get(child, 0)) && strcmp(key, "Fn::Sub") == 0)
            each_hole(json_string_value(json_array_get(child, 0)), json_array_get(child, 1), found,
                      data);
        cfn_each_ref(child, found, data);
    }
}

/* A resource or an output without a condition, whose references are visited. */
struct unconditional {
    struct cfn *cfn;
    const char *id;
    const struct table *places;
};

static void check_reference(const struct unconditional *u, const char *name)
{
    const char *condition = table_get(&u->cfn->conditional, name);
    if (!condition)
        return;
    const struct pos *place = table_get(u->places, u->id);
    diag_error(EXIT_RESOURCE, place ? *place : (struct pos){0},
               "this refers to '%s', which exists only if the condition '%s' is true; give it the "
               "same condition",
               name, condition);
    diag_note(*(const struct pos *)table_get(&u->cfn->places, name), "it is made here");
}

static void check_references(const json_t *value, const struct unconditional *u)
{
    size_t i;
    const char *key;
    json_t *child;
    json_array_foreach((json_t *)value, i, child)
        check_references(child, u);
    json_object_foreach((json_t *)value, key, child) {
        if (strcmp(key, "Fn::If") == 0)
            continue;
        if (strcmp(key, "Ref") == 0 && json_is_string(child))
            check_reference(u, json_string_value(child));
        else if (strcmp(key, "Fn::GetAtt") == 0 && json_is_string(json_array_get(child, 0)))
            check_reference(u, json_string_value(json_array_get(child, 0)));
        check_references(child, u);
    }
}

void cfn_check_conditions(struct cfn *cfn)
{
    struct unconditional u = {cfn, NULL, &cfn->places};
    json_t *value;
    if (!cfn->conditional.count)
        return;
    json_object_foreach(cfn->resources, u.id, value)
        if (!json_object_get(value, "Condition"))
            check_references(json_object_get(value, "Properties"), &u);
    u.places = &cfn->output_places;
    json_object_foreach(cfn->outputs, u.id, value)
        if (!json_object_get(value, "Condition"))
            check_references(value, &u);
}

json_t *cfn_known_parameter(const char *name)
{
    for (size_t i = 0; i < countof(known_parameters); i++)
        if (strcmp(known_parameters[i].name, name) == 0)
            return json_pack("{s:s, s:s, s:s*}", "Type", "String", "Description",
                             known_parameters[i].description, "Default",
                             known_parameters[i].fallback);
    return json_pack("{s:s}", "Type", "String");
}

static void declare(const char *name, void *data)
{
    struct cfn *cfn = data;
    if (!strchr(name, ':') && !json_object_get(cfn->resources, name) &&
        !json_object_get(cfn->parameters, name))
        json_object_set_new(cfn->parameters, name, cfn_known_parameter(name));
}

json_t *cfn_template(struct cfn *cfn)
{
    cfn_each_ref(cfn->resources, declare, cfn);
    cfn_each_ref(cfn->outputs, declare, cfn);
    json_t *template = json_pack("{s:s, s:O}", "AWSTemplateFormatVersion", "2010-09-09",
                                 "Resources", cfn->resources);
    if (json_object_size(cfn->parameters))
        json_object_set(template, "Parameters", cfn->parameters);
    if (json_object_size(cfn->outputs))
        json_object_set(template, "Outputs", cfn->outputs);
    return template;
}

bool cfn_is_function(const json_t *value)
{
    if (json_object_size(value) != 1)
        return false;
    const char *key = json_object_iter_key(json_object_iter((json_t *)value));
    return str_starts(key, "Fn::") || strcmp(key, "Ref") == 0;
}

bool cfn_hides(const json_t *template, const char *parameter)
{
    const json_t *declared = json_object_get(json_object_get(template, "Parameters"), parameter);
    return json_is_true(json_object_get(declared, "NoEcho"));
}

const char *cfn_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Raises *digits until every number in `json` reads back unchanged: jansson writes all numbers of a
 * text with the same number of digits. */
static void need_digits(const json_t *json, int *digits)
{
    char text[40];
    size_t i;
    json_t *child;
    if (json_is_real(json))
        for (; *digits < 17; ++*digits) {
            snprintf(text, sizeof text, "%.*g", *digits, json_real_value(json));
            if (strtod(text, NULL) == json_real_value(json))
                break;
        }
    json_array_foreach((json_t *)json, i, child)
        need_digits(child, digits);
    for (void *at = json_object_iter((json_t *)json); at;
         at = json_object_iter_next((json_t *)json, at))
        need_digits(json_object_iter_value(at), digits);
}

char *cfn_dump(const json_t *json, size_t flags)
{
    int digits = 15; /* a double keeps any decimal number of so many digits */
    need_digits(json, &digits);
    return json_dumps(json, JSON_SORT_KEYS | JSON_REAL_PRECISION((size_t)digits) | flags);
}

const char *cfn_digest(struct arena *arena, const json_t *json)
{
    char *text = cfn_dump(json, JSON_COMPACT), hex[SHA256_HEX];
    sha256_text(text, hex);
    free(text);
    for (char *c = hex; *c; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return arena_strndup(arena, hex, DIGEST_DIGITS);
}

char *cfn_file_text(const char *path, const json_t *json)
{
    char *text = cfn_dump(json, JSON_INDENT(4));
    if (!text)
        fatal("%s: cannot be written as JSON", path);
    return text;
}

json_t *cfn_read(const char *path, size_t flags, json_error_t *error)
{
    struct arena *arena = arena_new();
    size_t len;
    const char *text = file_read(arena, path, &len);
    json_t *json = text ? json_loadb(text, len, flags, error) : NULL;
    if (!text)
        snprintf(error->text, sizeof error->text, "%s", file_words(errno));
    arena_free(arena);
    return json;
}

bool cfn_write(const char *path, const json_t *json)
{
    char *text = cfn_file_text(path, json);
    bool ok = cfn_write_text(path, text);
    free(text);
    return ok;
}

bool cfn_write_text(const char *path, const char *text)
{
    struct buf whole = {0};
    buf_adds(&whole, text);
    buf_adds(&whole, "\n");
    bool ok = file_write(path, whole.data, whole.len, 0644);
    if (!ok)
        diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                   strerror(errno));
    buf_free(&whole);
    return ok;
}

static bool print_text(char *text)
{
    if (!text)
        return false;
    printable_write(stdout, text, strlen(text), PRINTABLE_JSON);
    free(text);
    putchar('\n');
    return true;
}

bool cfn_print(json_t *json)
{
    bool ok = json && print_text(cfn_dump(json, JSON_INDENT(4)));
    json_decref(json);
    return ok;
}

bool cfn_print_line(json_t *json)
{
    bool ok = json && print_text(json_dumps(json, JSON_COMPACT));
    json_decref(json);
    return ok;
}
