#include <string.h>

#include "resources/model.h"
#include "resources/output.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"
#include "template/limit.h"

enum { DESCRIPTION_MAX = 1024 }; /* bytes */

static const struct field output_fields[] = {
    {"value", FIELD_ANY, .required = true},
    {"description", FIELD_NAME},
    {"export", FIELD_ANY},
    {"condition", FIELD_NAME},
};

/* Whether a value is a map with the value under a key, not an intrinsic function. */
static bool has_settings(const struct node *settings)
{
    return settings->kind == NODE_MAP && !node_dynamic(settings);
}

static const struct node *setting(const struct resource *resource, const char *key)
{
    if (has_settings(resource->settings))
        return node_get(resource->settings, key);
    return strcmp(key, "value") == 0 ? resource->settings : NULL;
}

static bool check_name(const struct node *key)
{
    const char *name = key->text;
    if (!*name || !str_is_made_of(name, STR_ALNUM))
        return diag_error(EXIT_VALUE, key->pos,
                          "an output's name has letters and digits only, not '%s'", name);
    if (strlen(name) > LIMIT_NAME)
        return diag_error(EXIT_VALUE, key->pos,
                          "an output's name has at most %d characters, not %zu", LIMIT_NAME,
                          strlen(name));
    return !str_starts(name, OUTPUT_OWN) ||
           diag_error(EXIT_VALUE, key->pos,
                      "the names of Gordon's own outputs begin with %s; choose another name",
                      OUTPUT_OWN);
}

/* Text, or what CloudFormation makes text of; `what` names it in messages. */
static bool check_text(const struct node *value, const char *what)
{
    if (!node_set(value) || node_dynamic(value))
        return true;
    if (!node_text(value))
        return diag_error(EXIT_VALUE, value->pos, "%s is text, a ref or a function, not %s", what,
                          node_kind_words(value));
    return *value->text || diag_error(EXIT_VALUE, value->pos, "%s cannot be empty", what);
}

static bool check_description(const struct node *description)
{
    return !node_set(description) || strlen(description->text) <= DESCRIPTION_MAX ||
           diag_error(EXIT_VALUE, description->pos,
                      "the description of an output has at most %d bytes, not %zu", DESCRIPTION_MAX,
                      strlen(description->text));
}

/* One name can be exported once in a region. */
static bool check_export_once(const struct model *model, const struct resource *resource)
{
    const struct node *name = setting(resource, "export");
    for (size_t i = 0; node_text(name) && i < model->count; i++) {
        const struct resource *other = model->resources[i];
        if (other == resource || other->kind != &output_kind || !node_set(other->settings))
            continue;
        const struct node *before = setting(other, "export");
        if (!node_text(before) || strcmp(before->text, name->text) != 0)
            continue;
        diag_error(EXIT_DUPLICATE, name->pos, "two outputs are exported as '%s'", name->text);
        diag_note(before->pos, "the other one is here");
        return false;
    }
    return true;
}

static bool output_read(struct model *model, struct resource *resource)
{
    const struct node *settings = resource->settings;
    bool ok = check_name(resource->key);
    if (!node_set(settings))
        return diag_error(EXIT_REQUIRED, resource->key->pos,
                          "an output needs a value, as in %s: ref://Table", resource->name);
    if (has_settings(settings) &&
        !schema_check(output_fields, countof(output_fields), settings, resource->key, "an output"))
        return false;
    ok = check_text(setting(resource, "value"), "the value of an output") && ok;
    ok = check_description(setting(resource, "description")) && ok;
    return check_text(setting(resource, "export"), "the name of an export") &&
           check_export_once(model, resource) && ok;
}

/* CloudFormation takes text only, so a number stays as it was written. */
static json_t *text(const struct node *node)
{
    bool number = node_set(node) && (node->kind == NODE_INT || node->kind == NODE_REAL);
    return number ? json_string(node->text) : cfn_value(node);
}

/* clang-format off */
static json_t *output_cfn(const struct resource *resource)
{
    json_t *name = text(setting(resource, "export"));
    return json_pack("{s:o, s:s*, s:o*, s:s*}",
        "Value", text(setting(resource, "value")),
        "Description", node_text(setting(resource, "description")),
        "Export", name ? json_pack("{s:o}", "Name", name) : NULL,
        "Condition", node_text(setting(resource, "condition")));
}
/* clang-format on */

static void output_write(const struct model *model, const struct resource *resource,
                         struct steps *steps)
{
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    if (!json_object_size(cfn->resources)) {
        diag_error(EXIT_RESOURCE, resource->key->pos,
                   "this output needs a stack, and the project has no resources; CloudFormation "
                   "makes no stack without them");
        return;
    }
    const char *own = arena_printf(model->arena, "%s%s", OUTPUT_OWN, resource->name);
    const struct pos *place = table_get(&cfn->output_places, own);
    if (place) {
        diag_error(EXIT_DUPLICATE, resource->key->pos,
                   "Gordon shows an output of its own as '%s'; choose another name, or set "
                   "'cli-output: false' there",
                   resource->name);
        diag_note(*place, "it is of this one");
        return;
    }
    cfn_output(cfn, resource->key->pos, resource->name, output_cfn(resource));
}

const struct kind output_kind = {"outputs", .read = output_read, .write = output_write};
