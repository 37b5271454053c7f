#include "local/value.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/util.h"
#include "settings/partition.h"
#include "template/cfn.h"

enum { DEPTH_MOST = 64 };

/* A value that is not known is NULL, and `unknown` says why. Values are new references. */
static json_t *evaluate(struct value_scope *s, const json_t *value, int depth);

static json_t *not_known(struct value_scope *s, const char *what, const char *name)
{
    if (!s->unknown)
        s->unknown = arena_printf(s->arena, "%s '%s'", what, name);
    return NULL;
}

/* A value as text; numbers and booleans as CloudFormation writes them. */
static const char *text_of(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return arena_strdup(arena, json_string_value(value));
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(arena, "%.17g", json_real_value(value));
    return json_is_boolean(value) ? json_is_true(value) ? "true" : "false" : NULL;
}

static const char *evaluated(struct value_scope *s, const json_t *value, int depth)
{
    json_t *made = evaluate(s, value, depth + 1);
    const char *text = text_of(s->arena, made);
    json_decref(made);
    if (!text && !s->unknown)
        s->unknown = "a value that is no text";
    return text;
}

/* --- Ref ------------------------------------------------------------------------------------ */

/* The types whose Ref is the name that a property gives. */
static const struct {
    const char *type, *property;
} named[] = {
    {"AWS::DynamoDB::Table", "TableName"},   {"AWS::DynamoDB::GlobalTable", "TableName"},
    {"AWS::S3::Bucket", "BucketName"},       {"AWS::Kinesis::Stream", "Name"},
    {"AWS::Logs::LogGroup", "LogGroupName"}, {"AWS::SSM::Parameter", "Name"},
    {"AWS::Events::EventBus", "Name"},       {"AWS::Lambda::Function", "FunctionName"},
    {"AWS::IAM::Role", "RoleName"},          {"AWS::Events::Rule", "Name"},
    {"AWS::Athena::WorkGroup", "Name"},      {"AWS::Glue::Job", "Name"},
};

static json_t *resource_name(struct value_scope *s, const char *id, const json_t *resource,
                             int depth)
{
    const char *type = cfn_text(resource, "Type");
    for (size_t i = 0; i < countof(named); i++) {
        const json_t *name =
            json_object_get(json_object_get(resource, "Properties"), named[i].property);
        if (strcmp(type, named[i].type) == 0 && name)
            return evaluate(s, name, depth + 1);
    }
    return not_known(s, "the resource", id);
}

static json_t *pseudo(struct value_scope *s, const char *name)
{
    const struct {
        const char *name, *value;
    } all[] = {
        {"AWS::Region", s->region},
        {"AWS::AccountId", s->account},
        {"AWS::Partition", partition_of(s->region)->name},
        {"AWS::URLSuffix", partition_of(s->region)->domain},
        {"AWS::StackName", s->stack},
    };
    for (size_t i = 0; i < countof(all); i++)
        if (strcmp(name, all[i].name) == 0)
            return json_string(all[i].value);
    return strcmp(name, "AWS::NoValue") == 0 ? json_null() : not_known(s, "the value", name);
}

static json_t *ref(struct value_scope *s, const char *name, int depth)
{
    const json_t *given = json_object_get(s->parameters, name);
    const json_t *declared = json_object_get(json_object_get(s->template, "Parameters"), name);
    const json_t *resource = json_object_get(json_object_get(s->template, "Resources"), name);
    if (str_starts(name, "AWS::"))
        return pseudo(s, name);
    if (given)
        return json_incref((json_t *)given);
    if (json_object_get(declared, "Default"))
        return json_incref(json_object_get(declared, "Default"));
    return resource ? resource_name(s, name, resource, depth) : not_known(s, "the parameter", name);
}

/* --- conditions ----------------------------------------------------------------------------- */

/* 1, 0, or -1 if it is not known. */
static int holds(struct value_scope *s, const json_t *condition, int depth);

static int equals(struct value_scope *s, const json_t *pair, int depth)
{
    const char *a = evaluated(s, json_array_get(pair, 0), depth);
    const char *b = evaluated(s, json_array_get(pair, 1), depth);
    return a && b ? strcmp(a, b) == 0 : -1;
}

/* Fn::And is `all`, Fn::Or is not. */
static int several(struct value_scope *s, const json_t *list, bool all, int depth)
{
    size_t i;
    json_t *item;
    int result = all;
    json_array_foreach((json_t *)list, i, item) {
        int one = holds(s, item, depth + 1);
        if (one < 0 || one != all)
            return one < 0 ? -1 : one;
    }
    return result;
}

static int holds(struct value_scope *s, const json_t *condition, int depth)
{
    const json_t *not = json_object_get(condition, "Fn::Not");
    const char *name = json_is_string(condition)
                           ? json_string_value(condition)
                           : json_string_value(json_object_get(condition, "Condition"));
    if (depth > DEPTH_MOST)
        return -1;
    if (name) {
        const json_t *named_one = json_object_get(json_object_get(s->template, "Conditions"), name);
        return named_one ? holds(s, named_one, depth + 1) : -1;
    }
    if (not ) {
        int one = holds(s, json_array_get(not, 0), depth + 1);
        return one < 0 ? -1 : !one;
    }
    if (json_object_get(condition, "Fn::Equals"))
        return equals(s, json_object_get(condition, "Fn::Equals"), depth);
    if (json_object_get(condition, "Fn::And"))
        return several(s, json_object_get(condition, "Fn::And"), true, depth);
    if (json_object_get(condition, "Fn::Or"))
        return several(s, json_object_get(condition, "Fn::Or"), false, depth);
    return -1;
}

/* --- functions ------------------------------------------------------------------------------ */

static json_t *if_function(struct value_scope *s, const json_t *value, int depth)
{
    int yes = holds(s, json_array_get(value, 0), depth + 1);
    if (yes < 0)
        return not_known(s, "the condition",
                         json_string_value(json_array_get(value, 0))
                             ? json_string_value(json_array_get(value, 0))
                             : "");
    return evaluate(s, json_array_get(value, yes ? 1 : 2), depth + 1);
}

static json_t *join(struct value_scope *s, const json_t *value, int depth)
{
    struct buf out = {0};
    size_t i;
    json_t *item, *list = evaluate(s, json_array_get(value, 1), depth + 1);
    json_array_foreach(list, i, item) {
        const char *text = text_of(s->arena, item);
        buf_adds(&out, i ? json_string_value(json_array_get(value, 0)) : "");
        buf_adds(&out, text ? text : "");
    }
    json_t *made = list ? json_string(out.len ? out.data : "") : NULL;
    json_decref(list);
    buf_free(&out);
    return made;
}

/* ${Name}, ${Name.Attribute}, ${!Literal}. */
static bool add_hole(struct value_scope *s, struct buf *out, const char *name, const json_t *own,
                     int depth)
{
    json_t *made;
    if (json_object_get(own, name))
        made = evaluate(s, json_object_get(own, name), depth + 1);
    else if (strchr(name, '.'))
        made = not_known(s, "the attribute", name);
    else
        made = ref(s, name, depth);
    const char *text = text_of(s->arena, made);
    json_decref(made);
    buf_adds(out, text ? text : "");
    return text;
}

static json_t *sub(struct value_scope *s, const json_t *value, int depth)
{
    const char *at = json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
    const json_t *own = json_is_array(value) ? json_array_get(value, 1) : NULL;
    struct buf out = {0};
    bool ok = at;
    while (ok && *at) {
        const char *hole = strstr(at, "${"), *end = hole ? strchr(hole, '}') : NULL;
        buf_add(&out, at, end ? (size_t)(hole - at) : strlen(at));
        if (!end)
            break;
        const char *name = arena_strndup(s->arena, hole + 2, (size_t)(end - hole) - 2);
        if (*name == '!')
            buf_adds(&out, arena_printf(s->arena, "${%s}", name + 1));
        else
            ok = add_hole(s, &out, name, own, depth);
        at = end + 1;
    }
    json_t *made = ok ? json_string(out.len ? out.data : "") : NULL;
    buf_free(&out);
    return made;
}

static json_t *select_function(struct value_scope *s, const json_t *value, int depth)
{
    const char *index = evaluated(s, json_array_get(value, 0), depth);
    json_t *list = index ? evaluate(s, json_array_get(value, 1), depth + 1) : NULL, *item = NULL;
    if (list && str_is_made_of(index, STR_DIGITS))
        item = json_incref(json_array_get(list, strtoul(index, NULL, 10)));
    json_decref(list);
    return item;
}

static json_t *split(struct value_scope *s, const json_t *value, int depth)
{
    const char *by = evaluated(s, json_array_get(value, 0), depth);
    const char *text = by ? evaluated(s, json_array_get(value, 1), depth) : NULL;
    if (!text || !*by)
        return NULL;
    json_t *list = json_array();
    for (const char *end; (end = strstr(text, by)); text = end + strlen(by))
        json_array_append_new(list, json_stringn(text, (size_t)(end - text)));
    json_array_append_new(list, json_string(text));
    return list;
}

static json_t *find_in_map(struct value_scope *s, const json_t *value, int depth)
{
    const json_t *found = json_object_get(s->template, "Mappings");
    for (size_t i = 0; i < 3; i++) {
        const char *key = evaluated(s, json_array_get(value, i), depth);
        found = key ? json_object_get(found, key) : NULL;
        if (!found)
            return not_known(s, "the key", key ? key : "");
    }
    return json_incref((json_t *)found);
}

static json_t *base64(struct value_scope *s, const json_t *value, int depth)
{
    const char *text = evaluated(s, value, depth);
    struct buf out = {0};
    if (!text)
        return NULL;
    base64_encode(text, strlen(text), &out);
    json_t *made = json_stringn(out.len ? out.data : "", out.len);
    buf_free(&out);
    return made;
}

static json_t *ref_function(struct value_scope *s, const json_t *value, int depth)
{
    return json_is_string(value) ? ref(s, json_string_value(value), depth) : NULL;
}

static json_t *attribute(struct value_scope *s, const json_t *value, int depth)
{
    const char *text = json_string_value(value);
    (void)depth;
    if (json_is_array(value))
        text = arena_printf(s->arena, "%s.%s", json_string_value(json_array_get(value, 0)),
                            json_is_string(json_array_get(value, 1))
                                ? json_string_value(json_array_get(value, 1))
                                : "");
    return not_known(s, "the attribute", text ? text : "");
}

static json_t *import(struct value_scope *s, const json_t *value, int depth)
{
    const char *name = evaluated(s, value, depth);
    return not_known(s, "the export", name ? name : "");
}

static const struct {
    const char *name;
    json_t *(*evaluate)(struct value_scope *s, const json_t *value, int depth);
} functions[] = {
    {"Ref", ref_function},
    {"Fn::If", if_function},
    {"Fn::Join", join},
    {"Fn::Sub", sub},
    {"Fn::Split", split},
    {"Fn::Select", select_function},
    {"Fn::Base64", base64},
    {"Fn::GetAtt", attribute},
    {"Fn::FindInMap", find_in_map},
    {"Fn::ImportValue", import},
};

static json_t *evaluate_all(struct value_scope *s, const json_t *list, int depth)
{
    size_t i;
    json_t *item, *made = json_array();
    json_array_foreach((json_t *)list, i, item) {
        json_t *one = evaluate(s, item, depth + 1);
        if (!one) {
            json_decref(made);
            return NULL;
        }
        if (!json_is_null(one))
            json_array_append(made, one);
        json_decref(one);
    }
    return made;
}

static json_t *evaluate(struct value_scope *s, const json_t *value, int depth)
{
    if (depth > DEPTH_MOST)
        return not_known(s, "a value", "deeper than can be evaluated");
    if (json_is_array(value))
        return evaluate_all(s, value, depth);
    for (size_t i = 0; json_object_size(value) == 1 && i < countof(functions); i++) {
        const json_t *argument = json_object_get(value, functions[i].name);
        if (argument)
            return functions[i].evaluate(s, argument, depth);
    }
    return json_incref((json_t *)value);
}

const char *value_text(struct value_scope *s, const json_t *value)
{
    s->unknown = NULL;
    json_t *made = evaluate(s, value, 0);
    const char *text = text_of(s->arena, made);
    if (!text && !s->unknown && !json_is_null(made))
        s->unknown = "a value that is no text";
    json_decref(made);
    return text;
}
