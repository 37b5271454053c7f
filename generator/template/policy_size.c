#include <string.h>

#include "base/util.h"
#include "template/cfn.h"
#include "template/policy_size.h"

/* --- a document --------------------------------------------------------------------------- */

/* The characters of a text in JSON, without blanks. */
static size_t text_size(const char *text, size_t len)
{
    size_t size = 0;
    for (const char *c = text; c < text + len; c++) {
        if (((unsigned char)*c & 0xC0) != 0x80 && *c != ' ')
            size += 1 + (*c == '"' || *c == '\\' || (unsigned char)*c < ' ');
    }
    return size;
}

/* The text of an Fn::Sub without its holes; ${!Name} is the literal ${Name}. */
static size_t sub_size(const char *text)
{
    size_t size = 0;
    for (const char *hole; (hole = strstr(text, "${")); text = strchr(hole, '}') + 1) {
        size += text_size(text, (size_t)(hole - text));
        if (!strchr(hole, '}'))
            return size;
        if (hole[2] == '!')
            size += text_size(hole, (size_t)(strchr(hole, '}') + 1 - hole)) - 1;
    }
    return size + text_size(text, strlen(text));
}

/* What is certain of a function's value: only Fn::Sub and Fn::Join have texts that are in it in any
 * case, and give a text. */
static size_t function_size(const json_t *function)
{
    const json_t *sub = json_object_get(function, "Fn::Sub");
    const json_t *join = json_array_get(json_object_get(function, "Fn::Join"), 1), *item;
    const char *text = json_string_value(json_is_array(sub) ? json_array_get(sub, 0) : sub);
    size_t size = 0, i;
    if (text)
        return strlen("''") + sub_size(text);
    json_array_foreach((json_t *)join, i, item)
        if (json_is_string(item))
            size += text_size(json_string_value(item), json_string_length(item));
        else if (json_is_object(item) && function_size(item))
            size += function_size(item) - strlen("''");
    return json_is_array(join) ? size + strlen("''") : 0;
}

size_t policy_size(const json_t *value)
{
    size_t size = 0, i;
    const char *key;
    json_t *child;
    if (json_is_string(value))
        return strlen("''") + text_size(json_string_value(value), json_string_length(value));
    if (!json_is_object(value) && !json_is_array(value))
        return value ? 1 : 0;
    if (cfn_is_function(value))
        return function_size(value);
    json_array_foreach((json_t *)value, i, child)
        size += policy_size(child) + (policy_size(child) && size);
    json_object_foreach((json_t *)value, key, child)
        size += text_size(key, strlen(key)) + strlen("'':") + policy_size(child) + (size > 0);
    return size + strlen("{}");
}

/* --- a template --------------------------------------------------------------------------- */

static const struct policy_quota quotas[] = {
    {"AWS::IAM::Role", "the inline policies of this role", 10240},
    {"AWS::IAM::Group", "the inline policies of this group", 5120},
    {"AWS::IAM::User", "the inline policies of this user", 2048},
    {"AWS::IAM::ManagedPolicy", "this managed policy", 6144},
};

/* Resources that are an inline policy, and the property that names to whom it belongs. */
static const struct {
    const char *type, *owner;
} inlines[] = {
    {"AWS::IAM::Policy", "Roles"},          {"AWS::IAM::Policy", "Groups"},
    {"AWS::IAM::Policy", "Users"},          {"AWS::IAM::RolePolicy", "RoleName"},
    {"AWS::IAM::GroupPolicy", "GroupName"}, {"AWS::IAM::UserPolicy", "UserName"},
};

struct sizes {
    struct arena *arena;
    struct table owners; /* logical id to its size_t */
};

static void add_size(struct sizes *s, const json_t *owner, size_t size)
{
    const char *id = json_string_value(json_object_get(owner, "Ref"));
    size_t *sum = id ? table_get(&s->owners, id) : NULL;
    if (!id)
        return;
    if (!sum) {
        sum = arena_alloc(s->arena, sizeof *sum);
        table_set(s->arena, &s->owners, arena_strdup(s->arena, id), sum);
    }
    *sum += size;
}

/* Adds a policy that is a resource of its own to those of its owners. */
static void add_inline(struct sizes *s, const json_t *resource)
{
    const json_t *properties = json_object_get(resource, "Properties");
    for (size_t i = 0; i < countof(inlines); i++) {
        json_t *owners = json_object_get(properties, inlines[i].owner), *owner;
        size_t k, size;
        if (!owners || strcmp(cfn_text(resource, "Type"), inlines[i].type) != 0)
            continue;
        size = policy_size(json_object_get(properties, "PolicyDocument"));
        json_array_foreach(owners, k, owner)
            add_size(s, owner, size);
        add_size(s, owners, size);
    }
}

static size_t own_size(const json_t *properties)
{
    size_t i, size = 0;
    json_t *policy;
    json_array_foreach(json_object_get(properties, "Policies"), i, policy)
        size += policy_size(json_object_get(policy, "PolicyDocument"));
    return size + policy_size(json_object_get(properties, "PolicyDocument"));
}

void policy_sizes(struct arena *arena, const json_t *template,
                  void (*over)(const char *id, const struct policy_quota *quota, size_t size,
                               void *data),
                  void *data)
{
    json_t *resource, *resources = json_object_get(template, "Resources");
    struct sizes s = {.arena = arena};
    const char *id;
    json_object_foreach(resources, id, resource)
        add_inline(&s, resource);
    json_object_foreach(resources, id, resource)
        for (size_t i = 0; i < countof(quotas); i++) {
            if (strcmp(cfn_text(resource, "Type"), quotas[i].type) != 0)
                continue;
            const size_t *others = table_get(&s.owners, id);
            size_t size = own_size(json_object_get(resource, "Properties"));
            size += others ? *others : 0;
            if (size > quotas[i].max)
                over(id, &quotas[i], size, data);
        }
}
