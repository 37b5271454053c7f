#include <string.h>

#include "base/util.h"
#include "template/capability.h"
#include "template/cfn.h"

/* User Guide, "Acknowledging IAM resources in CloudFormation templates". */
static const struct {
    const char *type, *name; /* the property that gives it a name, or NULL */
} identities[] = {
    {"AWS::IAM::AccessKey", NULL},
    {"AWS::IAM::Group", "GroupName"},
    {"AWS::IAM::GroupPolicy", NULL},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
    {"AWS::IAM::Policy", NULL},
    {"AWS::IAM::Role", "RoleName"},
    {"AWS::IAM::RolePolicy", NULL},
    {"AWS::IAM::User", "UserName"},
    {"AWS::IAM::UserPolicy", NULL},
    {"AWS::IAM::UserToGroupAddition", NULL},
};

/* Transforms of AWS, and whether they make roles (User Guide, "Transform reference"). */
static const struct {
    const char *name;
    bool makes_roles;
} transforms[] = {
    {"AWS::CodeDeployBlueGreen", false},      {"AWS::Include", false},
    {"AWS::LanguageExtensions", false},       {"AWS::Serverless-2016-10-31", true},
    {"AWS::SecretsManager-2020-07-23", true}, {"AWS::SecretsManager-2024-09-16", true},
};

struct needs {
    const json_t *templates; /* CAPABILITY_TEMPLATES of the template, or NULL */
    bool identities, names, expansion;
};

static void need_transform(struct needs *needs, const json_t *transform)
{
    const char *name =
        json_is_object(transform) ? cfn_text(transform, "Name") : json_string_value(transform);
    size_t i = 0;
    needs->expansion = true;
    while (name && i < countof(transforms) && strcmp(transforms[i].name, name) != 0)
        i++;
    if (i < countof(transforms))
        needs->identities = needs->identities || transforms[i].makes_roles;
    else
        needs->names = true;
}

/* What the template of a nested stack needs. Its URL is text, or Fn::Sub of a text. */
static void need_nested(struct needs *needs, const json_t *properties)
{
    const json_t *url = json_object_get(properties, "TemplateURL");
    const json_t *text = json_is_object(url) ? json_object_get(url, "Fn::Sub") : url;
    const char *slash = json_is_string(text) ? strrchr(json_string_value(text), '/') : NULL;
    const json_t *known = slash ? json_object_get(needs->templates, slash + 1) : NULL;
    const char *words = json_string_value(known);
    bool unknown = !words;
    needs->expansion = needs->expansion || unknown || strstr(words, "CAPABILITY_AUTO_EXPAND");
    needs->names = needs->names || unknown || strstr(words, "CAPABILITY_NAMED_IAM");
    needs->identities = needs->identities || unknown || strstr(words, "CAPABILITY_IAM");
}

static void need_type(struct needs *needs, const json_t *resource, const char *type)
{
    static const char *const nested[] = {"AWS::CloudFormation::Stack",
                                         "AWS::Serverless::Application"};
    if (str_one_of(type, nested, countof(nested)))
        need_nested(needs, json_object_get(resource, "Properties"));
    for (size_t i = 0; i < countof(identities); i++) {
        if (strcmp(identities[i].type, type) != 0)
            continue;
        needs->identities = true;
        if (identities[i].name &&
            json_object_get(json_object_get(resource, "Properties"), identities[i].name))
            needs->names = true;
    }
}

/* At any depth: a loop of Fn::ForEach has resources in it. */
static void need_value(struct needs *needs, const json_t *value)
{
    size_t i;
    const char *key;
    json_t *child, *type = json_object_get(value, "Type");
    if (json_is_string(type))
        need_type(needs, value, json_string_value(type));
    json_array_foreach((json_t *)value, i, child)
        need_value(needs, child);
    json_object_foreach((json_t *)value, key, child) {
        if (strcmp(key, "Fn::Transform") == 0)
            need_transform(needs, child);
        need_value(needs, child);
    }
}

json_t *capabilities_of(const json_t *template)
{
    const json_t *transform = json_object_get(template, "Transform");
    const json_t *own = json_object_get(json_object_get(template, "Metadata"), "Gordon");
    struct needs needs = {.templates = json_object_get(own, CAPABILITY_TEMPLATES)};
    size_t i;
    json_t *item;
    need_value(&needs, json_object_get(template, "Resources"));
    if (transform && !json_is_array(transform))
        need_transform(&needs, transform);
    json_array_foreach(transform, i, item)
        need_transform(&needs, item);
    json_t *list = json_array();
    if (needs.names || needs.identities)
        json_array_append_new(list,
                              json_string(needs.names ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"));
    if (needs.expansion)
        json_array_append_new(list, json_string("CAPABILITY_AUTO_EXPAND"));
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}
