#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/printable.h"
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

void cfn_init(struct cfn *cfn, struct arena *arena)
{
    *cfn = (struct cfn){
        .arena = arena,
        .parameters = json_object(),
        .resources = json_object(),
        .outputs = json_object(),
        .sections = json_object(),
        .transforms = json_array(),
        .links.arena = arena,
    };
}

void cfn_release(struct cfn *cfn)
{
    json_decref(cfn->parameters);
    json_decref(cfn->resources);
    json_decref(cfn->outputs);
    json_decref(cfn->sections);
    json_decref(cfn->transforms);
    json_decref(cfn->description);
}

static bool collides(struct pos pos, const struct pos *other, const char *name)
{
    if (!other->file)
        return diag_error(EXIT_DUPLICATE, pos,
                          "'%s' is a parameter of Gordon's own, which apply gives a value, so no "
                          "resource can have this logical id; choose another name, or a "
                          "'logical-name'",
                          name);
    diag_error(EXIT_DUPLICATE, pos,
               "'%s' would be a resource's logical id and the name of a parameter of Gordon's own; "
               "choose another name, or a 'logical-name'",
               name);
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

/* Two entries of the settings may share several ids; one error says it. */
static void report_second(struct cfn *cfn, struct pos pos, struct pos first, const char *id)
{
    const char *pair = arena_printf(cfn->arena, "%s:%d:%d %s:%d:%d", pos.file, pos.line, pos.column,
                                    first.file, first.line, first.column);
    if (table_set(cfn->arena, &cfn->pairs, pair, (void *)id))
        return;
    diag_error(EXIT_DUPLICATE, pos,
               "this makes a second resource with the logical id '%s'; give one of them another "
               "name",
               id);
    diag_note(first, "the first one is made here");
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
        report_second(cfn, pos, *before, id);
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

static bool is_own(const struct cfn *cfn, const char *name)
{
    return table_get(&cfn->reserved, name) && strcmp(name, "Stage") != 0 &&
           strcmp(name, "Region") != 0;
}

void cfn_declare(struct cfn *cfn, struct pos pos, const char *name, json_t *parameter)
{
    struct pos *place = arena_alloc(cfn->arena, sizeof *place);
    *place = pos;
    if (is_own(cfn, name))
        diag_error(EXIT_DUPLICATE, pos,
                   "'%s' is a parameter of Gordon's own, which apply gives a value; leave it out",
                   name);
    table_set(cfn->arena, &cfn->declared, arena_strdup(cfn->arena, name), place);
    if (strcasecmp(cfn_text(parameter, "NoEcho"), "true") == 0) /* as text, it means the same */
        json_object_set_new(parameter, "NoEcho", json_true());
    json_object_set_new(cfn->parameters, name, parameter);
}

void cfn_section(struct cfn *cfn, const char *section, const char *name, json_t *entry)
{
    json_t *entries = json_object_get(cfn->sections, section);
    if (!entries) {
        entries = json_object();
        json_object_set_new(cfn->sections, section, entries);
    }
    json_object_set_new(entries, name, entry);
}

void cfn_put_metadata(json_t *template, const char *key, json_t *value)
{
    json_t *metadata = json_object_get(template, "Metadata");
    if (!metadata)
        json_object_set_new(template, "Metadata", metadata = json_object());
    if (!json_is_object(json_object_get(metadata, "Gordon")))
        json_object_set_new(metadata, "Gordon", json_object());
    json_object_set_new(json_object_get(metadata, "Gordon"), key, value);
}

void cfn_metadata(struct cfn *cfn, const char *key, json_t *value)
{
    cfn_put_metadata(cfn->sections, key, value);
}

void cfn_transform(struct cfn *cfn, json_t *transform)
{
    cfn_add_once(cfn->transforms, transform);
}

void cfn_origin(struct cfn *cfn, const char *from, const char *name, struct cfn_origin *origin)
{
    table_set(cfn->arena, &cfn->origins, arena_printf(cfn->arena, "%s %s", from, name), origin);
}

struct cfn_origin *cfn_origin_of(const struct cfn *cfn, const struct link *link)
{
    return cfn->origins.count
               ? table_get(&cfn->origins, arena_printf(cfn->arena, "%s %s", link->from, link->name))
               : NULL;
}

bool cfn_named(struct cfn *cfn, struct pos pos, const char *what, const json_t *name)
{
    char *text = cfn_dump(name, JSON_COMPACT | JSON_ENCODE_ANY);
    struct pos *place = arena_alloc(cfn->arena, sizeof *place);
    *place = pos;
    const struct pos *before =
        table_set(cfn->arena, &cfn->named, arena_printf(cfn->arena, "%s %s", what, text), place);
    free(text);
    if (!before)
        return true;
    diag_error(EXIT_DUPLICATE, pos, "two %s get this name; choose another one", what);
    diag_note(*before, "the other one gets it here");
    return false;
}

struct cfn_typed {
    const char *name, *type;
    struct pos pos;
    size_t uses; /* Refs that need this type */
    size_t refs; /* Refs in the template */
};

/* A fragment's parameter keeps its type, which must be the one that is needed. */
static void check_declared(const struct cfn *cfn, struct pos pos, const char *name,
                           const char *type)
{
    const struct pos *place = table_get(&cfn->declared, name);
    const char *declared = cfn_text(json_object_get(cfn->parameters, name), "Type");
    if (strcmp(declared, type) == 0)
        return;
    diag_error(EXIT_RESOURCE, pos, "the parameter '%s' is of the type %s, and this takes %s", name,
               declared, type);
    diag_note(*place, "it is declared here");
}

void cfn_parameter(struct cfn *cfn, struct pos pos, const char *name, const char *type)
{
    struct cfn_typed *typed = table_get(&cfn->typed, name);
    if (table_get(&cfn->declared, name)) {
        check_declared(cfn, pos, name, type);
        return;
    }
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

void cfn_link(struct cfn *cfn)
{
    const char *section;
    json_t *entries;
    cfn->links.n = 0;
    links_add(&cfn->links, "Resources", cfn->resources);
    links_add(&cfn->links, "Outputs", cfn->outputs);
    json_object_foreach(cfn->sections, section, entries)
        if (strcmp(section, "Metadata") != 0)
            links_add(&cfn->links, section, entries);
}

static void check_names(const struct cfn *cfn)
{
    const char *name;
    json_t *parameter;
    json_object_foreach(cfn->parameters, name, parameter) {
        const struct pos *place = table_get(&cfn->declared, name);
        const struct pos *resource = table_get(&cfn->places, name);
        if (!place || !resource)
            continue;
        diag_error(EXIT_DUPLICATE, *place,
                   "a parameter and a resource both have the name '%s'; rename the parameter",
                   name);
        diag_note(*resource, "the resource is made here");
    }
}

void cfn_check_types(struct cfn *cfn)
{
    const char *name;
    json_t *parameter;
    check_names(cfn);
    for (size_t i = 0; i < cfn->links.n; i++) {
        const struct link *link = &cfn->links.list[i];
        struct cfn_typed *typed =
            link->kind == LINK_REF ? table_get(&cfn->typed, link->name) : NULL;
        if (typed)
            typed->refs++;
    }
    json_object_foreach(cfn->parameters, name, parameter) {
        const struct cfn_typed *typed = table_get(&cfn->typed, name);
        if (typed && typed->refs > typed->uses)
            diag_error(EXIT_RESOURCE, typed->pos,
                       "the parameter '%s' is a list here (%s), and text somewhere else; take "
                       "two parameters",
                       name, typed->type);
    }
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

static void declare(struct cfn *cfn, const char *name)
{
    if (!strpbrk(name, ":$.") && !table_get(&cfn->expanded, name) &&
        !json_object_get(cfn->resources, name) && !json_object_get(cfn->parameters, name))
        json_object_set_new(cfn->parameters, name, cfn_known_parameter(name));
}

json_t *cfn_template(struct cfn *cfn)
{
    if (!cfn->links.n)
        cfn_link(cfn);
    for (size_t i = 0; i < cfn->links.n; i++)
        if (cfn->links.list[i].kind == LINK_REF)
            declare(cfn, cfn->links.list[i].name);
    json_t *template = json_pack("{s:s, s:O, s:O*}", "AWSTemplateFormatVersion", "2010-09-09",
                                 "Resources", cfn->resources, "Description", cfn->description);
    if (json_object_size(cfn->parameters))
        json_object_set(template, "Parameters", cfn->parameters);
    if (json_object_size(cfn->outputs))
        json_object_set(template, "Outputs", cfn->outputs);
    if (json_array_size(cfn->transforms))
        json_object_set(template, "Transform", cfn->transforms);
    json_object_update(template, cfn->sections);
    return template;
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
    static unsigned wrong; /* values so far of which an error was reported */
    char *text = cfn_dump(json, JSON_COMPACT), hex[SHA256_HEX];
    sha256_text(text ? text : arena_printf(arena, "%u", ++wrong), hex);
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
