#include <string.h>

#include "base/util.h"
#include "resources/artifact.h"
#include "resources/condition_check.h"
#include "resources/fragment.h"
#include "resources/function_check.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "resources/parameter_check.h"
#include "resources/transform.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"
#include "template/limit.h"

static const struct field resource_fields[] = {
    {"Type", FIELD_NAME, .required = true},
    {"Properties", FIELD_MAP},
    {"DependsOn", FIELD_TEXTS},
    {"Condition", FIELD_NAME},
    {"DeletionPolicy", FIELD_ANY},
    {"UpdateReplacePolicy", FIELD_ANY},
    {"UpdatePolicy", FIELD_MAP},
    {"CreationPolicy", FIELD_MAP},
    {"Metadata", FIELD_MAP},
    {"Version", FIELD_TEXT}, /* of custom resources */
    /* of AWS::Serverless (its specification, "Resource types") */
    {"Connectors", FIELD_MAP},
    {"IgnoreGlobals", FIELD_ANY},
};

static const struct field output_fields[] = {
    {"Value", FIELD_ANY, .required = true},
    {"Description", FIELD_TEXT},
    {"Export", FIELD_MAP},
    {"Condition", FIELD_NAME},
};

static const struct field rule_fields[] = {
    {"RuleCondition", FIELD_ANY},
    {"Assertions", FIELD_LIST, .required = true},
};

enum section {
    SECTION_PARAMETERS,
    SECTION_MAPPINGS,
    SECTION_CONDITIONS,
    SECTION_RULES,
    SECTION_METADATA,
    SECTION_RESOURCES,
    SECTION_OUTPUTS,
    SECTION_GLOBALS,
    SECTION_HOOKS,
};

/* Sections that are maps of names. */
static const struct section_form {
    const char *name, *what; /* an entry, in messages */
    const struct field *fields;
    size_t nfields;
    bool any_name; /* not only letters and digits */
} sections[] = {
    [SECTION_PARAMETERS] = {"Parameters", "a parameter"},
    [SECTION_MAPPINGS] = {"Mappings", "a mapping"},
    [SECTION_CONDITIONS] = {"Conditions", "a condition", .any_name = true},
    [SECTION_RULES] = {"Rules", "a rule", rule_fields, countof(rule_fields)},
    [SECTION_METADATA] = {"Metadata", "an entry of Metadata", .any_name = true},
    [SECTION_RESOURCES] = {"Resources", "a resource", resource_fields, countof(resource_fields)},
    [SECTION_OUTPUTS] = {"Outputs", "an output", output_fields, countof(output_fields)},
    [SECTION_GLOBALS] = {"Globals", "an entry of Globals",
                         .any_name = true}, /* of AWS::Serverless */
    [SECTION_HOOKS] = {"Hooks", "a hook"},
};

/* All that may stand at the top of a fragment. */
static const struct field top_fields[] = {
    {"Parameters", FIELD_MAP},   {"Mappings", FIELD_MAP},
    {"Conditions", FIELD_MAP},   {"Rules", FIELD_MAP},
    {"Metadata", FIELD_MAP},     {"Resources", FIELD_MAP},
    {"Outputs", FIELD_MAP},      {"Transform", FIELD_ANY},
    {"Globals", FIELD_MAP},      {"Hooks", FIELD_MAP},
    {"Description", FIELD_NAME}, {"AWSTemplateFormatVersion", FIELD_NAME},
};

/* Entries that a transform expands, such as Fn::ForEach::Queues, are its own matter. */
static bool is_expanded(const struct entry *entry)
{
    return str_starts(entry->key->text, "Fn::");
}

static bool check_name(const struct section_form *section, const struct node *key)
{
    const char *name = key->text;
    if (section->any_name)
        return true;
    if (!*name || !str_is_made_of(name, STR_ALNUM))
        return diag_error(EXIT_VALUE, key->pos, "%s has a name of letters and digits, not '%s'",
                          section->what, name);
    return strlen(name) <= LIMIT_NAME ||
           diag_error(EXIT_VALUE, key->pos, "%s has a name of at most %d characters, not %zu",
                      section->what, LIMIT_NAME, strlen(name));
}

/* Returns the value of an entry. AWS's own templates have {"Fn::GetAZs": null} for the region of
 * the stack, which is written as ''. */
static const struct node *value_of(struct arena *arena, const struct entry *entry)
{
    if (entry->value->kind == NODE_NULL && strcmp(entry->key->text, "Fn::GetAZs") == 0)
        ((struct entry *)entry)->value = node_string(arena, entry->value->pos, "");
    return entry->value;
}

/* Reports a null: CloudFormation takes none anywhere else. */
static bool check_nulls(struct arena *arena, const struct node *node)
{
    bool ok = node->kind != NODE_NULL ||
              diag_error(EXIT_VALUE, node->pos,
                         "CloudFormation takes no null; leave the key out, or write "
                         "{Ref: AWS::NoValue} or ''");
    for (size_t i = 0; i < node->count; i++)
        ok = check_nulls(arena, node->kind == NODE_LIST ? node->items[i]
                                                        : value_of(arena, &node->entries[i])) &&
             ok;
    return ok;
}

static bool check_once(const struct declared *before, const struct section_form *section,
                       const struct node *key)
{
    if (!before)
        return true;
    diag_error(EXIT_DUPLICATE, key->pos, "%s with the name '%s' stands in another fragment, too",
               section->what, key->text);
    diag_note(before->key->pos, "it is here");
    return false;
}

/* One of a few words, unless a function gives it. */
static bool check_word(const struct node *value, const char *const *words, size_t n,
                       const char *what)
{
    const char *text = node_text(value);
    if (!node_set(value) || node_dynamic(value) || (text && str_one_of(text, words, n)))
        return true;
    struct buf all = {0};
    for (size_t i = 0; i < n; i++)
        buf_add_item(&all, i + 1 < n ? ", " : " or ", words[i]);
    diag_error(EXIT_VALUE, value->pos, "%s is %s", what, all.data);
    buf_free(&all);
    return false;
}

static bool check_policies(const struct node *resource)
{
    static const char *const policies[] = {"Delete", "Retain", "Snapshot", "RetainExceptOnCreate"};
    bool ok = check_word(node_get(resource, "DeletionPolicy"), policies, countof(policies),
                         "a DeletionPolicy");
    return check_word(node_get(resource, "UpdateReplacePolicy"), policies, countof(policies) - 1,
                      "an UpdateReplacePolicy") &&
           ok;
}

/* CloudFormation Template Reference, "AWS::CloudFormation::CustomResource". */
static bool check_version(const struct node *resource)
{
    const struct node *version = node_get(resource, "Version");
    const char *type = node_text(node_get(resource, "Type"));
    return !node_set(version) || !type || str_starts(type, "Custom::") ||
           strcmp(type, "AWS::CloudFormation::CustomResource") == 0 ||
           diag_error(EXIT_RESOURCE, version->pos, "only a custom resource has a Version");
}

/* "AWS::SQS::Queue", with "::MODULE" behind it for a module; Custom::Name (Template Reference,
 * "AWS::CloudFormation::CustomResource"). */
static bool check_resource_type(const struct node *type)
{
    const char *text = node_text(type), *part = text;
    size_t parts = 0;
    bool custom = text && str_starts(text, "Custom::"), ok = text != NULL;
    while (ok && part) {
        size_t len = strspn(part, custom ? STR_ALNUM "_@-" : STR_ALNUM);
        ok = len && (!part[len] || str_starts(part + len, "::"));
        part = ok && part[len] ? part + len + strlen("::") : NULL;
        parts++;
    }
    if (!text || node_dynamic(type) || (ok && (custom ? parts == 2 : parts == 3 || parts == 4)))
        return true;
    return diag_error(EXIT_VALUE, type->pos,
                      "a type of resources is written as AWS::SQS::Queue or Custom::Name, not '%s'",
                      text);
}

/* {Key: {Name: text or list}} (Template Reference, "Mappings"). */
static bool check_mapping(const struct node *mapping)
{
    bool ok = true;
    for (size_t i = 0; mapping->kind == NODE_MAP && i < mapping->count; i++) {
        const struct node *keys = mapping->entries[i].value;
        if (str_starts(mapping->entries[i].key->text, "Fn::"))
            continue;
        if (keys->kind != NODE_MAP)
            ok = diag_error(EXIT_VALUE, keys->pos,
                            "a mapping is a map of keys, each to a map of names to values, not %s",
                            node_kind_words(keys));
        for (size_t k = 0; keys->kind == NODE_MAP && k < keys->count; k++)
            if (keys->entries[k].value->kind == NODE_MAP &&
                !str_starts(keys->entries[k].key->text, "Fn::"))
                ok = diag_error(EXIT_VALUE, keys->entries[k].value->pos,
                                "a value of a mapping is a text or a list, not a map");
    }
    return mapping->kind == NODE_MAP
               ? ok
               : diag_error(EXIT_VALUE, mapping->pos, "a mapping is a map of keys, not %s",
                            node_kind_words(mapping));
}

/* Fn::ForEach::Name: [identifier, collection, {key: value}]. Other functions are a macro's. */
static bool check_loop(struct model *model, const struct entry *entry)
{
    const struct node *value = entry->value;
    if (!str_starts(entry->key->text, "Fn::ForEach::"))
        return true;
    transform_need(&model->transforms, TRANSFORM_EXTENSIONS, entry->key);
    return (value->kind == NODE_LIST && value->count == 3 && value->items[2]->kind == NODE_MAP) ||
           diag_error(EXIT_VALUE, value->pos,
                      "Fn::ForEach takes a list of an identifier, a collection, and a map of what "
                      "is repeated");
}

/* Notes a module, and what a resource has that only a transform knows. */
static void note_needs(struct model *model, const struct node *key, const struct node *resource)
{
    static const char *const policies[] = {"DeletionPolicy", "UpdateReplacePolicy"};
    const struct node *type = node_get(resource, "Type");
    if (node_text(type) && str_ends(type->text, "::MODULE"))
        array_push(model->arena, model->modules, model->nmodules, key->text);
    if (node_text(type) && str_starts(type->text, "AWS::Serverless::"))
        transform_need(&model->transforms, TRANSFORM_SAM, type);
    for (size_t i = 0; resource->kind == NODE_MAP && i < resource->count; i++) {
        const struct entry *entry = &resource->entries[i];
        if (str_one_of(entry->key->text, policies, countof(policies)) && node_dynamic(entry->value))
            transform_need(&model->transforms, TRANSFORM_EXTENSIONS, entry->key);
    }
}

/* A text, or a function that returns one. */
static bool check_text(const struct node *value, const char *what)
{
    return !node_set(value) || node_dynamic(value) || (node_text(value) && *value->text) ||
           diag_error(EXIT_VALUE, value->pos, "%s is text, a ref or a function, not %s", what,
                      node_text(value) ? "empty" : node_kind_words(value));
}

/* Template Reference, "Outputs". */
static bool check_output(const struct node *output)
{
    static const struct field export_fields[] = {{"Name", FIELD_ANY, .required = true}};
    const struct node *value = node_get(output, "Value"), *export = node_get(output, "Export");
    bool ok = node_text(value) || check_text(value, "the value of an output");
    if (!node_set(export) || function_is(export))
        return ok;
    return schema_check(export_fields, countof(export_fields), export, export, "Export") &&
           check_text(node_get(export, "Name"), "the name of an export") && ok;
}

/* Template Reference, "Rules". CloudFormation ignores other keys of an assertion. */
static bool check_rule(const struct node *rule)
{
    const struct node *assertions = node_get(rule, "Assertions");
    bool ok = true;
    if (!assertions || assertions->kind != NODE_LIST)
        return true; /* the schema has reported it */
    if (!assertions->count)
        return diag_error(EXIT_VALUE, assertions->pos, "a rule needs an assertion");
    for (size_t i = 0; i < assertions->count; i++)
        ok = (node_get(assertions->items[i], "Assert") ||
              diag_error(EXIT_REQUIRED, assertions->items[i]->pos,
                         "an assertion needs the setting 'Assert'")) &&
             ok;
    return ok;
}

static bool check_entry(struct model *model, enum section s, const struct entry *entry)
{
    const struct node *value = entry->value;
    bool ok = s == SECTION_METADATA || function_check(&model->transforms, value);
    switch (s) {
    case SECTION_RESOURCES:
        ok = (model->has_macro || check_resource_type(node_get(value, "Type"))) && ok;
        ok = check_policies(value) && ok;
        return check_version(value) && ok;
    case SECTION_PARAMETERS:
        return parameter_check(entry) && ok;
    case SECTION_CONDITIONS:
        return (model->has_macro || condition_check(value)) && ok;
    case SECTION_RULES:
        return check_rule(value) && ok;
    case SECTION_MAPPINGS:
        return check_mapping(value) && ok;
    case SECTION_OUTPUTS:
        return check_output(value) && ok;
    default:
        return ok;
    }
}

static bool read_artifacts(struct project *project, struct model *model, enum section s,
                           const struct entry *entry)
{
    switch (s) {
    case SECTION_RESOURCES:
        return artifacts_read(project, model, entry);
    case SECTION_METADATA:
        return artifacts_read_metadata(project, model, entry);
    case SECTION_GLOBALS:
        return artifacts_read_globals(project, model, entry);
    default:
        return true;
    }
}

static bool read_entry(struct project *project, struct model *model, enum section s,
                       const struct entry *entry)
{
    const struct section_form *section = &sections[s];
    struct declared *declared = arena_alloc(model->arena, sizeof *declared);
    *declared = (struct declared){entry->key, entry->value, NULL};
    if (is_expanded(entry))
        return check_nulls(model->arena, entry->value) && check_loop(model, entry) &&
               read_artifacts(project, model, s, entry);
    const struct declared *before =
        table_set(model->arena, &model->declared,
                  arena_printf(model->arena, "%s.%s", section->name, entry->key->text), declared);
    bool ok = check_once(before, section, entry->key) && check_name(section, entry->key);
    ok = check_nulls(model->arena, entry->value) && ok;
    if (section->fields && !(s == SECTION_RESOURCES && model->has_macro))
        ok = schema_check(section->fields, section->nfields, entry->value, entry->key,
                          section->what) &&
             ok;
    declared->type = node_text(node_get(entry->value, "Type"));
    ok = check_entry(model, s, entry) && ok;
    ok = ok && read_artifacts(project, model, s, entry);
    if (s == SECTION_RESOURCES)
        note_needs(model, entry->key, entry->value); /* reading may have made it a nested stack */
    return ok;
}

static bool read_section(struct project *project, struct model *model, enum section s,
                         const struct node *map)
{
    bool ok = true;
    for (size_t i = 0; node_set(map) && map->kind == NODE_MAP && i < map->count; i++)
        ok = read_entry(project, model, s, &map->entries[i]) && ok;
    return ok;
}

static bool is_section(const char *name)
{
    for (size_t i = 0; i < countof(top_fields); i++)
        if (strcmp(top_fields[i].key, name) == 0)
            return true;
    return false;
}

/* Reports resources that stand beside the sections, because Resources is missing. */
static bool check_top(const struct node *fragment)
{
    const struct node *version = node_get(fragment, "AWSTemplateFormatVersion");
    bool ok =
        !node_text(version) || strcmp(version->text, "2010-09-09") == 0 ||
        diag_error(EXIT_VALUE, version->pos,
                   "the only AWSTemplateFormatVersion is 2010-09-09, not '%s'", version->text);
    for (size_t i = 0; i < fragment->count; i++) {
        const struct node *key = fragment->entries[i].key;
        const char *type = node_text(node_get(fragment->entries[i].value, "Type"));
        if (type && !is_section(key->text))
            ok = diag_error(EXIT_RESOURCE, key->pos,
                            "'%s' is a resource, so it stands under Resources: write "
                            "{Resources: {%s: {Type: %s}}}",
                            key->text, key->text, type);
    }
    return ok && schema_check(top_fields, countof(top_fields), fragment, fragment, "a fragment");
}

bool fragment_read(struct project *project, struct model *model, const struct node *node)
{
    bool ok = check_top(node);
    model->has_macro = transform_is_macro(node_get(node, "Transform"));
    for (enum section s = 0; s < countof(sections); s++)
        ok = read_section(project, model, s, node_get(node, sections[s].name)) && ok;
    ok = transform_read(&model->transforms, node_get(node, "Transform")) && ok;
    model->transformed = model->transformed || node_set(node_get(node, "Transform"));
    for (size_t i = 0; i < node->count; i++)
        if (strcmp(node->entries[i].key->text, sections[SECTION_GLOBALS].name) == 0)
            transform_need(&model->transforms, TRANSFORM_SAM, node->entries[i].key);
    return artifacts_read_includes(project, model, "Include", node) && ok;
}

bool fragments_read(struct project *project, struct model *model)
{
    bool ok = true;
    for (size_t i = 0; i < project->nfragments; i++)
        ok = fragment_read(project, model, project->fragments[i].node) && ok;
    return nested_check_parameters(model) && ok;
}

static void write_transform(const struct node *transform, struct cfn *cfn)
{
    const struct node *item;
    for (size_t i = 0; (item = node_item(transform, i)); i++)
        cfn_transform(cfn, cfn_value(item));
}

static void write_entry(enum section s, const struct entry *entry, struct cfn *cfn)
{
    const char *name = entry->key->text;
    struct pos pos = entry->key->pos;
    json_t *value = cfn_value(entry->value);
    if (!value)
        return;
    switch (s) {
    case SECTION_RESOURCES:
        cfn_add(cfn, pos, name, value);
        return;
    case SECTION_OUTPUTS:
        cfn_output(cfn, pos, name, value);
        return;
    case SECTION_PARAMETERS:
        cfn_declare(cfn, pos, name, value);
        return;
    default:
        cfn_section(cfn, sections[s].name, name, value);
    }
}

void fragment_write(const struct node *node, struct cfn *cfn)
{
    for (enum section s = 0; s < countof(sections); s++) {
        const struct node *map = node_get(node, sections[s].name);
        for (size_t k = 0; map && k < map->count; k++)
            write_entry(s, &map->entries[k], cfn);
    }
    write_transform(node_get(node, "Transform"), cfn);
    if (!cfn->description)
        cfn->description = cfn_value(node_get(node, "Description"));
}

void fragments_write(const struct model *model, struct cfn *cfn)
{
    for (size_t i = 0; i < model->project->nfragments; i++)
        fragment_write(model->project->fragments[i].node, cfn);
    nested_write(model, cfn);
}
