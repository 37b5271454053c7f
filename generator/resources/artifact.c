#include <string.h>

#include "base/file.h"
#include "resources/artifact.h"
#include "resources/model.h"
#include "resources/nested.h"
#include "resources/steps.h"
#include "settings/node.h"
#include "settings/project.h"
#include "template/action.h"

enum { DIGEST_DIGITS = 16, ID_MAX = 128, EXTENSION_MAX = 16 }; /* bytes of names */

/* How a property names an object: as s3://bucket/key, as https://..., or as a map. */
enum form { FORM_URI, FORM_URL, FORM_MAP };
/* What it takes from S3: a file as it is; a bundle, that is a file or the zip of a folder; a zip,
 * of any other file or of a folder; or a template. */
enum takes { TAKES_FILE, TAKES_BUNDLE, TAKES_ZIP, TAKES_TEMPLATE };

/* AWS CLI Command Reference, "cloudformation package". SAM takes no function as a URI. */
static const struct property {
    const char *type, *path; /* of at most two names with a '.' between them */
    enum takes takes;
    enum form form;
    const char *bucket, *key; /* in the map */
} properties[] = {
    {"AWS::ApiGateway::RestApi", "BodyS3Location", TAKES_FILE, FORM_MAP, "Bucket", "Key"},
    {"AWS::AppSync::FunctionConfiguration", "CodeS3Location", TAKES_FILE},
    {"AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location", TAKES_FILE},
    {"AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location", TAKES_FILE},
    {"AWS::AppSync::GraphQLSchema", "DefinitionS3Location", TAKES_FILE},
    {"AWS::AppSync::Resolver", "CodeS3Location", TAKES_FILE},
    {"AWS::AppSync::Resolver", "RequestMappingTemplateS3Location", TAKES_FILE},
    {"AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location", TAKES_FILE},
    {"AWS::CloudFormation::ModuleVersion", "ModulePackage", TAKES_BUNDLE},
    {"AWS::CloudFormation::ResourceVersion", "SchemaHandlerPackage", TAKES_BUNDLE},
    {"AWS::CloudFormation::Stack", "TemplateURL", TAKES_TEMPLATE, FORM_URL},
    {"AWS::CloudFormation::StackSet", "TemplateURL", TAKES_TEMPLATE, FORM_URL},
    {"AWS::CodeCommit::Repository", "Code.S3", TAKES_ZIP, FORM_MAP, "Bucket", "Key"},
    {"AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle", TAKES_BUNDLE, FORM_MAP,
     "S3Bucket", "S3Key"},
    {"AWS::Glue::Job", "Command.ScriptLocation", TAKES_FILE},
    {"AWS::Lambda::Function", "Code", TAKES_ZIP, FORM_MAP, "S3Bucket", "S3Key"},
    {"AWS::Lambda::LayerVersion", "Content", TAKES_ZIP, FORM_MAP, "S3Bucket", "S3Key"},
    {"AWS::Serverless::Api", "DefinitionUri", TAKES_FILE, FORM_MAP, "Bucket", "Key"},
    {"AWS::Serverless::Function", "CodeUri", TAKES_ZIP, FORM_MAP, "Bucket", "Key"},
    {"AWS::Serverless::HttpApi", "DefinitionUri", TAKES_FILE, FORM_MAP, "Bucket", "Key"},
    {"AWS::Serverless::LayerVersion", "ContentUri", TAKES_ZIP, FORM_MAP, "Bucket", "Key"},
    {"AWS::Serverless::StateMachine", "DefinitionUri", TAKES_FILE, FORM_MAP, "Bucket", "Key"},
    {"AWS::ServerlessRepo::Application", "LicenseUrl", TAKES_FILE}, /* in Metadata */
    {"AWS::ServerlessRepo::Application", "ReadmeUrl", TAKES_FILE},
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location", TAKES_FILE, FORM_MAP, "Bucket",
     "Key"},
};

/* A property of a resource that names a file. */
struct use {
    struct project *project;
    struct model *model;
    const char *id; /* of the resource, as it is written */
    const struct property *property;
    struct entry *entry;      /* its value is the path, and becomes the place in the bucket */
    struct entry *properties; /* of the resource */
};

void artifacts_init(struct model *model, artifact_zip *zip, artifact_template *template)
{
    model->artifacts = arena_alloc(model->arena, sizeof *model->artifacts);
    model->artifacts->zip = zip;
    model->artifacts->template = template;
    model->bucket = "CodeBucket";
}

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

static struct entry *find(const struct node *map, const char *path)
{
    const char *dot = strchr(path, '.');
    size_t len = dot ? (size_t)(dot - path) : strlen(path);
    struct entry *entry = entry_of(map, path, len);
    return entry && dot ? entry_of(entry->value, dot + 1, strlen(dot + 1)) : entry;
}

/* Whether a value is a path, not a place in S3 or elsewhere, and no inline code. */
static bool is_local(const struct node *value)
{
    return value->kind == NODE_STRING && *value->text && !node_dynamic(value) &&
           !strstr(value->text, "://") && !str_starts(value->text, "arn:");
}

/* A URL has the bucket in its path, as `aws cloudformation package` writes it: in the host, a
 * bucket with a dot in its name would not match S3's certificate. */
static const struct node *location(const struct model *model, struct pos pos,
                                   const struct property *property, const char *name)
{
    struct arena *arena = model->arena;
    const char *bucket = model->bucket;
    if (property->form == FORM_MAP)
        return node_pairs(arena, pos, property->bucket, arena_printf(arena, "ref://%s", bucket),
                          property->key, name);
    if (property->form == FORM_URI)
        return node_string(arena, pos, arena_printf(arena, "sub://s3://${%s}/%s", bucket, name));
    return node_string(arena, pos,
                       arena_printf(arena,
                                    "sub://https://s3.${AWS::Region}.${AWS::URLSuffix}/${%s}/%s",
                                    bucket, name));
}

/* The first part of an artifact's name. The name of a resource in a loop of Fn::ForEach has other
 * signs. */
static const char *plain_id(struct arena *arena, const char *id)
{
    struct buf plain = {0};
    for (; *id; id++)
        if (strchr(STR_ALNUM, *id))
            buf_add(&plain, id, 1);
    return buf_text(arena, &plain);
}

/* "<id>-<digest><extension>". An id that would be too long for a file's name has a digest in place
 * of its end. */
static const char *name_of(struct arena *arena, const char *id, const char *digest,
                           const char *extension)
{
    char hex[SHA256_HEX];
    bool plain = strlen(extension) <= EXTENSION_MAX &&
                 str_is_made_of(*extension ? extension + 1 : "x", STR_ALNUM);
    sha256_text(id, hex);
    id = plain_id(arena, id);
    if (strlen(id) > ID_MAX)
        id = arena_printf(arena, "%.*s%.*s", ID_MAX, id, DIGEST_DIGITS, hex);
    return arena_printf(arena, "%s-%.*s%s", id, DIGEST_DIGITS, digest, plain ? extension : "");
}

static void digest_text(const struct artifact *artifact, char hex[SHA256_HEX])
{
    struct digest digest;
    sha256_init(&digest);
    sha256_add(&digest, artifact->text, artifact->len);
    sha256_hex(&digest, hex);
}

/* Whether a text ends as a zip does: with the end of its directory, and a comment (APPNOTE.TXT,
 * 4.3.16). */
static bool is_zip(const char *text, size_t len)
{
    enum { END = 22, COMMENT_MAX = 65535 };
    for (size_t back = END; back <= len && back <= END + COMMENT_MAX; back++)
        if (memcmp(text + len - back, "PK\5\6", 4) == 0)
            return true;
    return false;
}

static bool take_zip(const struct use *use, const char *path, struct artifact *artifact,
                     char digest[SHA256_HEX])
{
    artifact->text = NULL;
    return use->model->artifacts->zip(use->project, use->entry->value, use->id, path, artifact,
                                      digest);
}

static bool take_file(const struct use *use, const char *path, struct artifact *artifact,
                      char digest[SHA256_HEX])
{
    const struct node *setting = use->entry->value;
    bool zip = use->property->takes == TAKES_ZIP;
    if (!project_read(use->project, setting, setting->text, &artifact->text, &artifact->len))
        return false;
    if (zip && !is_zip(artifact->text, artifact->len)) {
        if (str_ends(path, ".zip") || str_ends(path, ".jar"))
            return diag_error(EXIT_VALUE, setting->pos, "the file %s is not a zip", path);
        return take_zip(use, path, artifact, digest);
    }
    digest_text(artifact, digest);
    return true;
}

static bool take_template(const struct use *use, const char *path, struct artifact *artifact,
                          char digest[SHA256_HEX])
{
    struct nested *nested =
        use->model->artifacts->template(use->project, use->model, use->entry->value, path);
    if (!nested)
        return false;
    artifact->text = nested->text;
    artifact->len = strlen(nested->text);
    digest_text(artifact, digest);
    if (!nested->name)
        nested->name = name_of(use->model->arena, use->id, digest, ".json");
    artifact->name = nested->name;
    artifact->nested = nested;
    return true;
}

/* Sets the content of the artifact and its digest. */
static bool take(const struct use *use, struct artifact *artifact, char digest[SHA256_HEX])
{
    const struct node *setting = use->entry->value;
    enum file_kind kind;
    const char *path = project_look(use->project, setting, setting->text, &kind);
    bool file = use->property->takes == TAKES_FILE || use->property->takes == TAKES_TEMPLATE;
    if (!path)
        return false;
    if (kind == FILE_MISSING)
        return diag_error(EXIT_NOT_FOUND, setting->pos, "there is no file %s%s",
                          file ? "" : "or folder ", path);
    if (kind == FILE_FOLDER && file)
        return diag_error(EXIT_VALUE, setting->pos, "this takes a file, and %s is a folder", path);
    if (use->property->takes == TAKES_TEMPLATE)
        return take_template(use, path, artifact, digest);
    return kind == FILE_FOLDER ? take_zip(use, path, artifact, digest)
                               : take_file(use, path, artifact, digest);
}

static bool add(const struct use *use)
{
    struct model *model = use->model;
    const struct node *setting = use->entry->value;
    struct artifact artifact = {.pos = setting->pos};
    char digest[SHA256_HEX];
    if (!take(use, &artifact, digest))
        return false;
    if (!artifact.name)
        artifact.name = name_of(model->arena, use->id, digest,
                                artifact.text ? path_extension(setting->text) : ".zip");
    struct artifacts *all = model->artifacts;
    if (!table_set(model->arena, &all->names, artifact.name, all))
        array_push(model->arena, all->list, all->n, artifact);
    model->takes_bucket = true;
    use->entry->value = location(model, setting->pos, use->property, artifact.name);
    return !artifact.nested ||
           nested_use(model, use->properties,
                      (struct nested_stack){
                          .id = use->id,
                          .nested = artifact.nested,
                          .setting = setting,
                          .set = strcmp(use->property->type, "AWS::CloudFormation::StackSet") == 0,
                      });
}

/* A part of a template in a file: {Name: AWS::Include, Parameters: {Location: path}} (User Guide,
 * "AWS::Include transform"). */
static bool add_include(struct project *project, struct model *model, const char *id,
                        const struct node *transform)
{
    static const struct property include = {"AWS::Include", "Location", TAKES_FILE, FORM_URI};
    const char *name = node_text(node_get(transform, "Name"));
    struct entry *entry =
        entry_of(node_get(transform, "Parameters"), "Location", strlen("Location"));
    if (!name || strcmp(name, include.type) != 0 || !entry)
        return true;
    model->transformed = true; /* what the file holds is not known here */
    const struct use use = {project, model, id, &include, entry, NULL};
    return !is_local(entry->value) || add(&use);
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

/* Reads the properties of one type that are in `holder`. */
static bool read_properties(struct project *project, struct model *model, const char *id,
                            const char *type, struct entry *holder)
{
    bool ok = true;
    for (size_t i = 0; holder && i < countof(properties); i++) {
        if (strcmp(properties[i].type, type) != 0)
            continue;
        struct entry *entry = find(holder->value, properties[i].path);
        const struct use use = {project, model, id, &properties[i], entry, holder};
        if (entry && is_local(entry->value))
            ok = add(&use) && ok;
    }
    return ok;
}

/* Fn::ForEach::Name: [identifier, collection, {name: resource}] (Template Reference,
 * "Fn::ForEach"). */
static bool read_loop(struct project *project, struct model *model, const struct node *loop)
{
    const struct node *body = loop->kind == NODE_LIST && loop->count == 3 ? loop->items[2] : NULL;
    bool ok = true;
    for (size_t i = 0; body && body->kind == NODE_MAP && i < body->count; i++)
        ok = artifacts_read(project, model, &body->entries[i]) && ok;
    return ok;
}

bool artifacts_read(struct project *project, struct model *model, const struct entry *resource)
{
    const char *type = node_text(node_get(resource->value, "Type"));
    if (str_starts(resource->key->text, "Fn::ForEach::"))
        return read_loop(project, model, resource->value);
    if (!type)
        return true;
    const struct entry *local = find(node_get(resource->value, "Properties"), "Location");
    if (strcmp(type, "AWS::Serverless::Application") == 0 && local && is_local(local->value)) {
        nested_make_stack(model, resource);
        type = "AWS::CloudFormation::Stack";
    }
    return read_properties(project, model, resource->key->text, type,
                           entry_of(resource->value, "Properties", strlen("Properties")));
}

bool artifacts_read_metadata(struct project *project, struct model *model,
                             const struct entry *entry)
{
    return strcmp(entry->key->text, "AWS::ServerlessRepo::Application") != 0 ||
           read_properties(project, model, "Application", entry->key->text, (struct entry *)entry);
}

bool artifacts_read_globals(struct project *project, struct model *model, const struct entry *entry)
{
    return read_properties(project, model, "Globals",
                           arena_printf(model->arena, "AWS::Serverless::%s", entry->key->text),
                           (struct entry *)entry);
}

void artifacts_write(const struct model *model, struct steps *steps)
{
    struct actions *actions = &steps->actions[STEP_PRE_RESOURCES];
    for (size_t i = 0; i < model->artifacts->n; i++) {
        const char *name = model->artifacts->list[i].name;
        actions_upload(actions, arena_printf(model->arena, "%s-upload", name),
                       arena_printf(model->arena, "code/%s", name), name, NULL, NULL);
    }
}
