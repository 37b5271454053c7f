#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/util.h"
#include "resources/artifact.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/action.h"

enum { DIGEST_DIGITS = 16 };

/* How a property names an object: as s3://bucket/key, as https://..., or as a map. */
enum form { FORM_URI, FORM_URL, FORM_MAP };

/* AWS CLI Command Reference, "cloudformation package". */
static const struct property {
    const char *type, *path; /* of at most two names with a '.' between them */
    enum form form;
    const char *bucket, *key; /* in the map */
    bool zip;                 /* AWS takes nothing else */
} properties[] = {
    {"AWS::ApiGateway::RestApi", "BodyS3Location", FORM_MAP, "Bucket", "Key"},
    {"AWS::AppSync::FunctionConfiguration", "CodeS3Location"},
    {"AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location"},
    {"AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location"},
    {"AWS::AppSync::GraphQLSchema", "DefinitionS3Location"},
    {"AWS::AppSync::Resolver", "CodeS3Location"},
    {"AWS::AppSync::Resolver", "RequestMappingTemplateS3Location"},
    {"AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location"},
    {"AWS::CloudFormation::ModuleVersion", "ModulePackage"},
    {"AWS::CloudFormation::ResourceVersion", "SchemaHandlerPackage"},
    {"AWS::CloudFormation::Stack", "TemplateURL", FORM_URL},
    {"AWS::CloudFormation::StackSet", "TemplateURL", FORM_URL},
    {"AWS::CodeCommit::Repository", "Code.S3", FORM_MAP, "Bucket", "Key", .zip = true},
    {"AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle", FORM_MAP, "S3Bucket", "S3Key"},
    {"AWS::Glue::Job", "Command.ScriptLocation"},
    {"AWS::Lambda::Function", "Code", FORM_MAP, "S3Bucket", "S3Key", .zip = true},
    {"AWS::Lambda::LayerVersion", "Content", FORM_MAP, "S3Bucket", "S3Key", .zip = true},
    {"AWS::Serverless::Api", "DefinitionUri"},
    {"AWS::Serverless::Application", "Location", FORM_URL},
    {"AWS::Serverless::Function", "CodeUri", .zip = true},
    {"AWS::Serverless::HttpApi", "DefinitionUri"},
    {"AWS::Serverless::LayerVersion", "ContentUri", .zip = true},
    {"AWS::Serverless::StateMachine", "DefinitionUri", FORM_MAP, "Bucket", "Key"},
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location", FORM_MAP, "Bucket", "Key"},
};

/* The place of a value: the entry of a map, or NULL. */
static struct entry *entry_of(const struct node *map, const char *name, size_t len)
{
    for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++) {
        const char *key = map->entries[i].key->text;
        if (strncmp(key, name, len) == 0 && !key[len])
            return (struct entry *)&map->entries[i];
    }
    return NULL;
}

static struct entry *find(const struct node *resource, const char *path)
{
    const char *dot = strchr(path, '.');
    size_t len = dot ? (size_t)(dot - path) : strlen(path);
    struct entry *entry = entry_of(node_get(resource, "Properties"), path, len);
    return entry && dot ? entry_of(entry->value, dot + 1, strlen(dot + 1)) : entry;
}

/* Whether a value is a path, not a place in S3 or elsewhere, and no inline code. */
static bool is_local(const struct node *value)
{
    return value->kind == NODE_STRING && *value->text && !node_dynamic(value) &&
           !strstr(value->text, "://") && !str_starts(value->text, "arn:");
}

static const struct node *location(struct arena *arena, struct pos pos,
                                   const struct property *property, const char *name)
{
    static const char *const forms[] = {
        [FORM_URI] = "sub://s3://${CodeBucket}/%s",
        [FORM_URL] = "sub://https://${CodeBucket}.s3.${AWS::Region}.${AWS::URLSuffix}/%s",
    };
    if (property->form == FORM_MAP)
        return node_pairs(arena, pos, property->bucket, "ref://CodeBucket", property->key, name);
    struct buf text = {0};
    const char *hole = strstr(forms[property->form], "%s");
    buf_add(&text, forms[property->form], (size_t)(hole - forms[property->form]));
    buf_adds(&text, name);
    return node_string(arena, pos, buf_text(arena, &text));
}

/* "<id>-<digest><extension>" */
static const char *name_of(struct arena *arena, const char *id, const char *path,
                           const struct artifact *artifact)
{
    char hex[SHA256_HEX];
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, artifact->text, artifact->len);
    sha256_hex(&digest, hex);
    const char *extension = path_extension(path);
    bool plain = str_is_made_of(*extension ? extension + 1 : "x", STR_ALNUM);
    return arena_printf(arena, "%s-%.*s%s", id, DIGEST_DIGITS, hex, plain ? extension : "");
}

static bool add(struct project *project, struct model *model, const char *id,
                const struct property *property, struct entry *entry)
{
    struct arena *arena = model->arena;
    struct artifact artifact;
    const struct node *path = entry->value;
    if (property->zip && !str_ends(path->text, ".zip") && !str_ends(path->text, ".jar"))
        return diag_error(EXIT_VALUE, path->pos,
                          "this takes a zip; Gordon packs what 'lambdas' and 'layers' of the "
                          "settings name");
    if (!project_read(project, path, path->text, &artifact.text, &artifact.len))
        return false;
    artifact.name = name_of(arena, id, path->text, &artifact);
    array_push(arena, model->artifacts, model->nartifacts, artifact);
    entry->value = location(arena, path->pos, property, artifact.name);
    return true;
}

/* A part of a template in a file: {Name: AWS::Include, Parameters: {Location: path}} (User Guide,
 * "AWS::Include transform"). */
static bool add_include(struct project *project, struct model *model, const char *id,
                        const struct node *transform)
{
    static const struct property include = {"AWS::Include", "Location", FORM_URI};
    const char *name = node_text(node_get(transform, "Name"));
    struct entry *entry =
        entry_of(node_get(transform, "Parameters"), "Location", strlen("Location"));
    if (!name || strcmp(name, include.type) != 0 || !entry)
        return true;
    model->transformed = true; /* what the file holds is not known here */
    return !is_local(entry->value) || add(project, model, id, &include, entry);
}

bool artifacts_read_includes(struct project *project, struct model *model, const char *id,
                             const struct node *value)
{
    bool ok = true;
    for (size_t i = 0; i < value->count; i++) {
        bool list = value->kind == NODE_LIST;
        const struct node *child = list ? value->items[i] : value->entries[i].value;
        if (!list && (strcmp(value->entries[i].key->text, "Fn::Transform") == 0 ||
                      strcmp(value->entries[i].key->text, "Transform") == 0))
            ok = add_include(project, model, id, child) && ok;
        ok = artifacts_read_includes(project, model, id, child) && ok;
    }
    return ok;
}

bool artifacts_read(struct project *project, struct model *model, const struct entry *resource)
{
    const char *type = node_text(node_get(resource->value, "Type"));
    bool ok = true;
    for (size_t i = 0; type && i < countof(properties); i++) {
        if (strcmp(properties[i].type, type) != 0)
            continue;
        struct entry *entry = find(resource->value, properties[i].path);
        if (entry && is_local(entry->value))
            ok = add(project, model, resource->key->text, &properties[i], entry) && ok;
    }
    return ok;
}

void artifacts_write(const struct model *model, struct steps *steps)
{
    struct actions *actions = &steps->actions[STEP_PRE_RESOURCES];
    for (size_t i = 0; i < model->nartifacts; i++) {
        const char *name = model->artifacts[i].name;
        actions_upload(actions, arena_printf(model->arena, "%s-upload", name),
                       arena_printf(model->arena, "code/%s", name), name, NULL, NULL);
    }
}
