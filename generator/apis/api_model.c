#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_model.h"
#include "apis/api_part.h"
#include "resources/model.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const validators[] = {"body", "params", "all", "none", NULL};

static const struct field fields[] = {
    {"models", FIELD_MAP},
    {"request_validator", FIELD_CHOICE, .choices = validators},
};

static const struct field method_fields[] = {
    {"request_models", FIELD_ANY},
    {"request_validator", FIELD_CHOICE, .choices = validators},
};

static const struct field model_fields[] = {
    {"schema", FIELD_ANY, .required = true},
    {"content_type", FIELD_TEXT},
    {"description", FIELD_TEXT},
};

/* Models that every API has. */
static const char *const built_in[] = {"Empty", "Error"};

static const struct node *models_of(const struct api *api)
{
    return node_get(api->settings, "models");
}

static bool is_own(const struct api *api, const struct node *name)
{
    return !node_dynamic(name) && node_set(node_get(models_of(api), name->text));
}

/* Reports a name that is no model. */
static bool check_name(const struct api *api, const struct node *name)
{
    const struct node *models = models_of(api);
    const char *names[64];
    size_t n = 0;
    if (!node_text(name))
        return diag_error(EXIT_VALUE, name->pos, "a model is named by text, not by %s",
                          node_kind_words(name));
    if (node_dynamic(name) || is_own(api, name) ||
        str_one_of(name->text, built_in, countof(built_in)))
        return true;
    for (size_t i = 0; node_set(models) && i < models->count && n < countof(names); i++)
        names[n++] = models->entries[i].key->text;
    const char *near = str_nearest(name->text, names, n);
    return diag_error(EXIT_NOT_FOUND, name->pos,
                      near ? "this api has no model '%s'; did you mean '%s'?"
                           : "this api has no model '%s'; define it in 'models'",
                      name->text, near);
}

/* A name that no model has; JSON Schema's own references are URLs, or parts of one after '#'. */
static bool check_refs(const struct api *api, const struct node *schema)
{
    bool ok = true;
    for (size_t i = 0; schema->kind >= NODE_LIST && i < schema->count; i++) {
        bool list = schema->kind == NODE_LIST;
        const struct node *child = list ? schema->items[i] : schema->entries[i].value;
        const char *text = node_text(child);
        if (text && !list && strcmp(schema->entries[i].key->text, "$ref") == 0)
            ok = (strpbrk(text, "#/:") || check_name(api, child)) && ok;
        ok = check_refs(api, child) && ok;
    }
    return ok;
}

static bool check_model(const struct api *api, const struct entry *entry)
{
    const struct node *schema = node_get(entry->value, "schema");
    if (!str_is_made_of(entry->key->text, STR_ALNUM))
        return diag_error(EXIT_VALUE, entry->key->pos,
                          "the name of a model has letters and digits only, not '%s'",
                          entry->key->text);
    if (str_one_of(entry->key->text, built_in, countof(built_in)))
        return diag_error(EXIT_DUPLICATE, entry->key->pos,
                          "every API has a model '%s'; take another name", entry->key->text);
    if (!schema_check(model_fields, countof(model_fields), entry->value, entry->key, "a model"))
        return false;
    if (schema->kind == NODE_MAP)
        return check_refs(api, schema);
    return schema->kind == NODE_STRING ||
           diag_error(EXIT_VALUE, schema->pos, "a schema is a map, a JSON schema, not %s",
                      node_kind_words(schema));
}

static bool read(const struct model *model, struct api *api)
{
    (void)model;
    const struct node *models = models_of(api);
    bool ok = true;
    for (size_t i = 0; node_set(models) && i < models->count; i++)
        ok = check_model(api, &models->entries[i]) && ok;
    return ok;
}

/* A name, or a map from content types to names. */
static bool check_request_models(const struct api *api, const struct node *models)
{
    bool ok = true;
    if (!node_set(models))
        return true;
    if (models->kind != NODE_MAP || node_dynamic(models))
        return check_name(api, models);
    for (size_t i = 0; i < models->count; i++)
        ok = check_name(api, models->entries[i].value) && ok;
    return ok;
}

/* A body is validated by a model only. */
static bool check_validator(const struct api_method *method)
{
    const struct node *validator = node_get(method->settings, "request_validator");
    const char *what = schema_choice(validator, validators);
    return !what || strcmp(what, "body") != 0 ||
           node_set(node_get(method->settings, "request_models")) ||
           diag_error(EXIT_REQUIRED, validator->pos,
                      "a body is validated by a model; set 'request_models'");
}

static bool check_response_models(const struct api *api, const struct node *responses)
{
    const struct node *item;
    bool ok = true;
    for (size_t i = 0; (item = node_item(responses, i)); i++) {
        const struct node *models = node_get(item, "models");
        /* of other kinds, the errors were reported */
        for (size_t k = 0; models && models->kind == NODE_MAP && k < models->count; k++)
            if (node_text(models->entries[k].value))
                ok = check_name(api, models->entries[k].value) && ok;
    }
    return ok;
}

static bool read_method(const struct model *model, const struct api *api, struct api_method *method)
{
    (void)model;
    bool ok = check_request_models(api, node_get(method->settings, "request_models"));
    ok = check_response_models(api, node_get(method->settings, "responses")) && ok;
    return check_validator(method) && ok;
}

static const char *model_id(struct arena *arena, const struct api *api, const char *name)
{
    return arena_printf(arena, "%sModel%s", api->name, name);
}

/* A Ref makes CloudFormation make the model first; it gives the name. */
static json_t *name_cfn(struct arena *arena, const struct api *api, const struct node *name)
{
    return is_own(api, name) ? cfn_ref(model_id(arena, api, name->text)) : cfn_value(name);
}

/* A schema refers to another model by the URL of that model. In settings its name stands there. */
static void resolve(struct api_writer *w, json_t *schema, json_t *needs)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_array(schema)) {
        json_array_foreach(schema, i, value)
            resolve(w, value, needs);
        return;
    }
    json_object_foreach(schema, key, value) {
        const char *name = json_string_value(value);
        if (!name || strcmp(key, "$ref") != 0 || !node_set(node_get(models_of(w->api), name))) {
            resolve(w, value, needs);
            continue;
        }
        cfn_add_once(needs, json_string(model_id(w->arena, w->api, name)));
        json_object_set_new(
            schema, key,
            cfn_sub(arena_printf(w->arena,
                                 "https://apigateway.amazonaws.com/restapis/${%s}/models/%s",
                                 w->api->id, name)));
    }
}

static void write_model(struct api_writer *w, const struct entry *entry)
{
    const struct node *type = node_get(entry->value, "content_type");
    const char *id = model_id(w->arena, w->api, entry->key->text);
    json_t *schema = cfn_convert(node_get(entry->value, "schema"), cfn_ref), *needs = json_array();
    resolve(w, schema, needs);
    size_t i;
    json_t *need;
    json_array_foreach(needs, i, need)
        if (strcmp(json_string_value(need), id) == 0) {
            json_array_remove(needs, i);
            break;
        }
    bool any = json_array_size(needs) > 0;
    api_add(w, entry->key->pos, id,
            json_pack("{s:s, s:o*, s:{s:o, s:o*, s:s, s:o, s:o}}", "Type", "AWS::ApiGateway::Model",
                      "DependsOn", any ? json_incref(needs) : NULL, "Properties", "ContentType",
                      node_set(type) ? cfn_value(type) : json_string("application/json"),
                      "Description", cfn_value(node_get(entry->value, "description")), "Name",
                      entry->key->text, "RestApiId", cfn_ref(w->api->id), "Schema", schema));
    json_decref(needs);
}

/* What a method validates: "body", "params", "all" or NULL. */
static const char *validates(const struct api *api, const struct api_method *method)
{
    if (method->preflight)
        return NULL;
    const char *what = schema_choice(api_word(api, method, "request_validator"), validators);
    return what && strcmp(what, "none") != 0 ? what : NULL;
}

static const char *validator_id(struct arena *arena, const struct api *api, const char *what)
{
    return arena_printf(arena, "%sValidator%c%s", api->name, what[0] - 'a' + 'A', what + 1);
}

/* One validator for each of the values that a method has. */
static void write_validator(struct api_writer *w, const char *what)
{
    const struct api *api = w->api;
    for (size_t i = 0; i < api->nmethods; i++) {
        const char *one = validates(api, &api->methods[i]);
        if (!one || strcmp(one, what) != 0)
            continue;
        api_add(w, api->methods[i].place->pos, validator_id(w->arena, api, what),
                json_pack("{s:s, s:{s:s, s:o, s:b, s:b}}", "Type",
                          "AWS::ApiGateway::RequestValidator", "Properties", "Name", what,
                          "RestApiId", cfn_ref(api->id), "ValidateRequestBody",
                          strcmp(what, "params") != 0, "ValidateRequestParameters",
                          strcmp(what, "body") != 0));
        return;
    }
}

static void write(struct api_writer *w)
{
    const struct node *models = models_of(w->api);
    for (size_t i = 0; node_set(models) && i < models->count; i++)
        write_model(w, &models->entries[i]);
    for (const char *const *what = validators; *what; what++)
        write_validator(w, *what);
}

static json_t *request_models(struct api_writer *w, const struct node *models)
{
    if (models->kind != NODE_MAP || node_dynamic(models))
        return json_pack("{s:o}", "application/json", name_cfn(w->arena, w->api, models));
    json_t *all = json_object();
    for (size_t i = 0; i < models->count; i++)
        json_object_set_new(all, models->entries[i].key->name,
                            name_cfn(w->arena, w->api, models->entries[i].value));
    return all;
}

/* The models of responses that are named in `models`. */
static void refer_to_models(struct api_writer *w, json_t *responses)
{
    size_t i;
    const char *type, *name;
    json_t *response, *value;
    json_array_foreach(responses, i, response) {
        json_t *models = json_object_get(response, "ResponseModels");
        json_object_foreach(models, type, value) {
            name = json_string_value(value);
            if (name && node_set(node_get(models_of(w->api), name)))
                json_object_set_new(models, type, cfn_ref(model_id(w->arena, w->api, name)));
        }
    }
}

static void write_method(struct api_writer *w, const struct api_method *method, json_t *properties)
{
    const struct node *models = node_get(method->settings, "request_models");
    const char *what = validates(w->api, method);
    if (node_set(models))
        json_object_set_new(properties, "RequestModels", request_models(w, models));
    if (what)
        json_object_set_new(properties, "RequestValidatorId",
                            cfn_ref(validator_id(w->arena, w->api, what)));
    refer_to_models(w, json_object_get(properties, "MethodResponses"));
}

const struct api_subject api_models = {.fields = fields,
                                       .nfields = countof(fields),
                                       .method_fields = method_fields,
                                       .nmethod_fields = countof(method_fields),
                                       .read = read,
                                       .read_method = read_method,
                                       .write_method = write_method,
                                       .write = write};
