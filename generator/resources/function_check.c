#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/function_check.h"
#include "resources/transform.h"
#include "settings/node.h"
#include "template/link.h"

/* What a function takes: a list of so many values, a text, or anything. */
static const struct form {
    const char *name;
    size_t min, max; /* of a list; 0: no list */
    bool text;       /* a text, or a list */
    bool any;
    bool extension; /* only AWS::LanguageExtensions knows it */
} forms[] = {
    {"Ref", .text = true},
    {"Fn::And", 2, 10},
    {"Fn::Base64", .any = true},
    {"Fn::Cidr", 2, 3},
    {"Fn::Contains", 2, 2},
    {"Fn::EachMemberEquals", 2, 2},
    {"Fn::EachMemberIn", 2, 2},
    {"Fn::Equals", 2, 2},
    {"Fn::FindInMap", 3, 4},
    {"Fn::GetAZs", .any = true},
    {"Fn::GetAtt", 2, 2},
    {"Fn::If", 3, 3},
    {"Fn::ImportValue", .any = true},
    {"Fn::Join", 2, 2},
    {"Fn::Length", .any = true, .extension = true},
    {"Fn::Not", 1, 1},
    {"Fn::Or", 2, 10},
    {"Fn::RefAll", .text = true},
    {"Fn::Select", 2, 2},
    {"Fn::Split", 2, 2},
    {"Fn::Sub", 2, 2, .text = true},
    {"Fn::ToJsonString", .any = true, .extension = true},
    {"Fn::Transform", .any = true},
    {"Fn::ValueOf", 2, 2},
    {"Fn::ValueOfAll", 2, 2},
};

static const struct form *form_of(const char *name)
{
    for (size_t i = 0; i < countof(forms); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

/* AWS may have more functions than are known here, so only a misspelt one is an error. */
static bool check_unknown(const struct node *key)
{
    const char *names[countof(forms)];
    for (size_t i = 0; i < countof(forms); i++)
        names[i] = forms[i].name;
    const char *near = str_nearest(key->text, names, countof(names));
    return !near ||
           diag_error(EXIT_VALUE, key->pos,
                      "CloudFormation has no function '%s'; did you mean '%s'?", key->text, near);
}

static bool report_form(const struct form *form, const struct node *value)
{
    struct buf wanted = {0};
    buf_adds(&wanted, form->text ? "a text" : "");
    if (form->max)
        buf_printf(&wanted, form->min == form->max ? "%sa list of %zu" : "%sa list of %zu to %zu",
                   form->text ? ", or " : "", form->min, form->max);
    if (value->kind == NODE_LIST && form->max)
        diag_error(EXIT_VALUE, value->pos, "%s takes %s, not of %zu", form->name, wanted.data,
                   value->count);
    else
        diag_error(EXIT_VALUE, value->pos, "%s takes %s, not %s", form->name, wanted.data,
                   node_kind_words(value));
    buf_free(&wanted);
    return false;
}

/* Whether a hole is a name, or a name and an attribute; "&" and "$" are of names in loops. */
static bool is_hole(const char *hole, size_t len)
{
    size_t name = strspn(hole, STR_ALNUM "_:&$");
    return *hole == '!' || (len && name && name <= len && hole[len - 1] != '.' &&
                            strspn(hole, STR_ALNUM "_.:&$") >= len);
}

/* A ${ without an end is text. */
static bool check_holes(struct pos pos, const char *text)
{
    size_t len;
    for (const char *hole; (hole = link_next_hole(&text, &len));)
        if (!is_hole(hole, len))
            return diag_error(EXIT_VALUE, pos,
                              "Fn::Sub takes ${Name} and ${Name.Attribute}, with letters and "
                              "digits; ${!...} stays as ${...}");
    return true;
}

/* A list may be what another function returns, and is then known to CloudFormation only. */
static bool check_form(const struct form *form, const struct node *value)
{
    const struct node *text = value->kind == NODE_LIST && value->count ? value->items[0] : value;
    bool fits = value->kind == NODE_LIST ? value->count >= form->min && value->count <= form->max
                                         : form->text && node_text(value);
    if (form->any || function_is(value))
        return true;
    if (!fits || (value->kind == NODE_LIST && !form->max))
        return report_form(form, value);
    return strcmp(form->name, "Fn::Sub") != 0 || text->kind != NODE_STRING ||
           check_holes(text->pos, text->text);
}

/* Whether the arguments of Fn::FindInMap are such that AWS::LanguageExtensions must know it: with a
 * default, or with functions other than these. */
static bool is_extended_map(const struct form *form, const struct node *arguments)
{
    static const char *const plain[] = {"Ref", "Fn::FindInMap"};
    bool extended = strcmp(form->name, "Fn::FindInMap") == 0 && arguments->count > 3;
    for (size_t i = 0; strcmp(form->name, "Fn::FindInMap") == 0 && arguments->kind == NODE_LIST &&
                       i < arguments->count;
         i++)
        extended = extended ||
                   (function_is(arguments->items[i]) &&
                    !str_one_of(arguments->items[i]->entries[0].key->text, plain, countof(plain)));
    return extended;
}

static bool check_map(struct transforms *transforms, const struct node *map)
{
    bool ok = true;
    for (size_t i = 0; i < map->count; i++) {
        const struct node *key = map->entries[i].key, *value = map->entries[i].value;
        if (!str_starts(key->text, "Fn::") || str_starts(key->text, "Fn::ForEach::"))
            continue;
        const struct form *form = form_of(key->text);
        if (form && (form->extension || is_extended_map(form, value)))
            transform_need(transforms, TRANSFORM_EXTENSIONS, key);
        if (!form)
            ok = check_unknown(key) && ok;
        else if (map->count > 1 && strcmp(form->name, "Fn::Transform") != 0)
            ok = diag_error(EXIT_VALUE, key->pos, "the function %s must be the only key of its map",
                            key->text);
        else
            ok = check_form(form, value) && ok;
    }
    return ok;
}

bool function_check(struct transforms *transforms, const struct node *value)
{
    bool ok = value->kind != NODE_MAP || check_map(transforms, value);
    if (value->kind == NODE_MAP && value->count == 1 &&
        strcmp(value->entries[0].key->text, "Ref") == 0)
        ok = check_form(form_of("Ref"), value->entries[0].value) && ok;
    const char *text;
    if (reference_of(value, &text) == REFERENCE_SUB)
        ok = check_holes(value->pos, text) && ok;
    for (size_t i = 0; i < value->count; i++)
        ok = function_check(transforms,
                            value->kind == NODE_LIST ? value->items[i] : value->entries[i].value) &&
             ok;
    return ok;
}
