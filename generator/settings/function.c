#include <string.h>

#include "base/util.h"
#include "settings/function.h"
#include "settings/node.h"

/* CloudFormation User Guide, "Intrinsic function reference" and "Rule-specific intrinsic
 * functions". */
static const struct function {
    const char *tag, *name;
} functions[] = {
    {"!Ref", "Ref"},
    {"!Condition", "Condition"},
    {"!And", "Fn::And"},
    {"!Base64", "Fn::Base64"},
    {"!Cidr", "Fn::Cidr"},
    {"!Contains", "Fn::Contains"},
    {"!EachMemberEquals", "Fn::EachMemberEquals"},
    {"!EachMemberIn", "Fn::EachMemberIn"},
    {"!Equals", "Fn::Equals"},
    {"!FindInMap", "Fn::FindInMap"},
    {"!GetAZs", "Fn::GetAZs"},
    {"!GetAtt", "Fn::GetAtt"},
    {"!If", "Fn::If"},
    {"!ImportValue", "Fn::ImportValue"},
    {"!Join", "Fn::Join"},
    {"!Length", "Fn::Length"},
    {"!Not", "Fn::Not"},
    {"!Or", "Fn::Or"},
    {"!RefAll", "Fn::RefAll"},
    {"!Select", "Fn::Select"},
    {"!Split", "Fn::Split"},
    {"!Sub", "Fn::Sub"},
    {"!ToJsonString", "Fn::ToJsonString"},
    {"!Transform", "Fn::Transform"},
    {"!ValueOf", "Fn::ValueOf"},
    {"!ValueOfAll", "Fn::ValueOfAll"},
};

const char *function_of_tag(const char *tag)
{
    for (size_t i = 0; i < countof(functions); i++)
        if (strcmp(functions[i].tag, tag) == 0)
            return functions[i].name;
    return NULL;
}

const char *function_nearest_tag(const char *tag)
{
    const char *tags[countof(functions)];
    for (size_t i = 0; i < countof(functions); i++)
        tags[i] = functions[i].tag;
    return str_nearest(tag, tags, countof(tags));
}

const struct node *function_make(struct arena *arena, const char *name, const struct node *value)
{
    const char *text = value->kind == NODE_STRING ? value->text : NULL;
    const char *dot = text ? strchr(text, '.') : NULL;
    if (text && strcmp(name, "Ref") == 0)
        return node_string(arena, value->pos, arena_printf(arena, "ref://%s", text));
    if (dot && strcmp(name, "Fn::GetAtt") == 0)
        value = node_strings(arena, value->pos, arena_strndup(arena, text, (size_t)(dot - text)),
                             dot + 1);
    return node_pair(arena, value->pos, name, value);
}
