#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_cors.h"
#include "apis/api_part.h"
#include "apis/api_value.h"
#include "resources/cors_origin.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { AGE_MAX = 86400 }; /* more than any browser keeps an answer */

static const struct field fields[] = {{"cors", FIELD_ANY}};
static const struct field method_fields[] = {{"cors", FIELD_ANY}};

static const struct field cors_fields[] = {
    {"allow_origins", FIELD_TEXTS},
    {"allow_headers", FIELD_TEXTS},
    {"allow_methods", FIELD_TEXTS},
    {"expose_headers", FIELD_TEXTS},
    {"max_age", FIELD_INT, .max = AGE_MAX, .unit = "seconds"},
    {"allow_credentials", FIELD_FLAG},
};

#define ORIGIN "Access-Control-Allow-Origin"

/* The headers that clients of AWS send: those of a signed request, of a key, and of a token. */
static const char default_headers[] = "Authorization,Content-Type,X-Amz-Date,X-Amz-Security-Token,"
                                      "X-Amz-User-Agent,X-Api-Key";

static const struct node *cors_of(const struct api *api)
{
    const struct node *cors = node_get(api->settings, "cors");
    return schema_on(cors) ? cors : NULL;
}

/* "*", or scheme://host[:port]. */
static bool check_origins(const struct node *cors)
{
    const struct node *origins = node_get(cors, "allow_origins");
    const struct node *credentials = node_get(cors, "allow_credentials");
    bool ok = true, all = !node_items(origins);
    for (size_t i = 0; i < node_items(origins); i++) {
        const struct node *origin = node_item(origins, i);
        ok = cors_origin_check(origin, false) && ok;
        all = all || strcmp(origin->text, "*") == 0;
        if (node_items(origins) > 1 && strcmp(origin->text, "*") == 0)
            ok =
                diag_error(EXIT_RESOURCE, origin->pos, "'*' allows all origins; remove the others");
    }
    if (ok && all && schema_flag(credentials, false))
        ok = diag_error(EXIT_RESOURCE, credentials->pos,
                        "browsers send no credentials to an API that allows all origins; name "
                        "them in 'allow_origins'");
    return ok;
}

static bool check_headers(const struct node *cors, const char *key)
{
    const struct node *names = node_get(cors, key);
    bool ok = true;
    for (size_t i = 0; i < node_items(names); i++) {
        const struct node *name = node_item(names, i);
        if (!node_dynamic(name) && !str_is_made_of(name->text, STR_ALNUM "!#$%&*+-.^_`|~"))
            ok = diag_error(EXIT_VALUE, name->pos, "'%s' is no name of a header", name->text);
    }
    return ok;
}

static bool check(const struct node *cors)
{
    const struct node *methods = node_get(cors, "allow_methods");
    if (!schema_check_switch(cors_fields, countof(cors_fields), cors, "cors"))
        return false;
    bool ok = check_origins(cors);
    ok = check_headers(cors, "allow_headers") && ok;
    ok = check_headers(cors, "expose_headers") && ok;
    for (size_t i = 0; i < node_items(methods); i++) {
        const struct node *verb = node_item(methods, i);
        ok = (node_dynamic(verb) || strcmp(verb->text, "*") == 0 || api_verb(verb)) && ok;
    }
    return ok;
}

static bool read(const struct model *model, struct api *api)
{
    (void)model;
    return check(node_get(api->settings, "cors"));
}

static bool read_method(const struct model *model, const struct api *api, struct api_method *method)
{
    (void)model;
    if (!check(node_get(method->settings, "cors")))
        return false;
    const struct node *cors = api_word(api, method, "cors");
    method->cors = schema_on(cors) ? cors : NULL;
    return true;
}

static const struct api_method *options_of(const struct api *api, const char *path)
{
    for (size_t i = 0; i < api->nmethods; i++)
        if (strcmp(api->methods[i].path, path) == 0 && strcmp(api->methods[i].verb, "OPTIONS") == 0)
            return &api->methods[i];
    return NULL;
}

/* A path has one preflight. */
static bool check_once(const struct api_method *method, const struct api_method *before)
{
    if (!before || before->cors == method->cors || reference_same(before->cors, method->cors))
        return true;
    diag_error(EXIT_RESOURCE, method->cors->pos,
               "a browser asks once for all methods of a path, and another method of %s has other "
               "settings of cors",
               method->path);
    diag_note(before->cors->pos, "they are here");
    return false;
}

static bool finish(const struct model *model, struct api *api)
{
    struct table done = {0};
    size_t n = api->nmethods;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const struct api_method *one = &api->methods[i];
        if (!one->cors)
            continue;
        struct api_method method = {.place = one->key,
                                    .key = one->key,
                                    .path = one->path,
                                    .verb = "OPTIONS",
                                    .type = "MOCK",
                                    .cors = one->cors,
                                    .preflight = true};
        struct api_method *noted = arena_alloc(model->arena, sizeof *noted);
        *noted = *one;
        const struct api_method *before = table_get(&done, one->path);
        ok = check_once(one, before) && ok;
        if (!before)
            table_set(model->arena, &done, one->path, noted);
        if (!before && !options_of(api, one->path))
            array_push(model->arena, api->methods, api->nmethods, method);
    }
    return ok;
}

/* API Gateway takes fixed values in single quotes. */
static json_t *quoted(json_t *value)
{
    json_t *made = json_is_string(value) ? json_sprintf("'%s'", json_string_value(value))
                                         : cfn_join("", json_pack("[s, O, s]", "'", value, "'"));
    json_decref(value);
    return made;
}

/* Returns texts with commas between them; `fallback` if there are none. */
static json_t *joined(const struct node *texts, const char *fallback)
{
    struct buf all = {0};
    bool dynamic = false;
    json_t *parts = json_array();
    for (size_t i = 0; i < node_items(texts); i++) {
        const struct node *text = node_item(texts, i);
        dynamic = dynamic || node_dynamic(text);
        buf_add_item(&all, ",", text->text);
        json_array_append_new(parts, cfn_value(text));
    }
    json_t *value = dynamic ? cfn_join(",", json_incref(parts))
                            : json_string(node_items(texts) ? all.data : fallback);
    buf_free(&all);
    json_decref(parts);
    return value;
}

static void set_missing(json_t *parameters, const char *place, const char *header, json_t *value)
{
    struct buf name = {0};
    const char *key;
    json_t *other;
    bool there = !value;
    buf_printf(&name, "%s.header.%s", place, header);
    json_object_foreach(parameters, key, other)
        there = there || !strcasecmp(key, name.data);
    if (!there)
        json_object_set(parameters, name.data, value);
    json_decref(value);
    buf_free(&name);
}

static bool has_several(const struct node *cors)
{
    return node_items(node_get(cors, "allow_origins")) > 1;
}

/* The first origin, in quotes. The others are set by a template, see select_origin. */
static json_t *first_origin(const struct node *cors)
{
    const struct node *origin = node_item(node_get(cors, "allow_origins"), 0);
    return quoted(origin ? cfn_value(origin) : json_string("*"));
}

/* Sets the headers of an answer. */
static void set_answer(json_t *parameters, const char *place, const struct node *cors)
{
    const struct node *expose = node_get(cors, "expose_headers");
    bool credentials = schema_flag(node_get(cors, "allow_credentials"), false);
    set_missing(parameters, place, ORIGIN, first_origin(cors));
    set_missing(parameters, place, "Access-Control-Allow-Credentials",
                credentials ? json_string("'true'") : NULL);
    set_missing(parameters, place, "Access-Control-Expose-Headers",
                node_items(expose) ? quoted(joined(expose, "")) : NULL);
    set_missing(parameters, place, "Vary", has_several(cors) ? json_string("'Origin'") : NULL);
}

void api_cors_headers(const struct api *api, json_t *parameters)
{
    if (cors_of(api))
        set_answer(parameters, "gatewayresponse", cors_of(api));
}

/* Returns texts as one if no function is among them, else as Fn::Join. Steals `parts`. */
static json_t *concatenated(json_t *parts)
{
    struct buf text = {0};
    size_t i;
    json_t *part;
    json_array_foreach(parts, i, part) {
        if (!json_is_string(part))
            return buf_free(&text), cfn_join("", parts);
        buf_adds(&text, json_string_value(part));
    }
    json_t *made = json_string(text.data);
    buf_free(&text);
    json_decref(parts);
    return made;
}

/* A template that answers with the origin of the request if it is one of several, and then with
 * `rest` (stolen). */
static json_t *select_origin(const struct node *cors, json_t *rest)
{
    const struct node *origins = node_get(cors, "allow_origins");
    json_t *parts = json_pack("[s]", "#set($origin = $input.params().header.get(\"Origin\"))\n"
                                     "#if(!$origin || $origin == \"\")"
                                     "#set($origin = $input.params().header.get(\"origin\"))"
                                     "#end\n#if(");
    for (size_t i = 0; i < node_items(origins); i++) {
        json_array_append_new(parts, json_sprintf("%s$origin == \"", i ? " || " : ""));
        json_array_append_new(parts, cfn_value(node_item(origins, i)));
        json_array_append_new(parts, json_string("\""));
    }
    json_array_append_new(parts, json_string(")\n#set($context.responseOverride.header." ORIGIN
                                             " = $origin)\n#end\n"));
    json_array_append_new(parts, rest);
    return concatenated(parts);
}

static bool allows(const struct api *api, const char *path, const char *verb)
{
    for (size_t i = 0; i < api->nmethods; i++)
        if (api->methods[i].cors && strcmp(api->methods[i].path, path) == 0 &&
            (strcmp(api->methods[i].verb, "ANY") == 0 || strcmp(api->methods[i].verb, verb) == 0))
            return true;
    return false;
}

/* The methods of a path that have CORS, with commas between them. */
static json_t *methods_of(const struct api *api, const char *path)
{
    static const char *const all[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
    struct buf text = {0};
    for (size_t i = 0; i < countof(all); i++)
        if (allows(api, path, all[i]))
            buf_add_item(&text, ",", all[i]);
    json_t *value = json_string(text.data);
    buf_free(&text);
    return value;
}

static json_t *preflight_parameters(const struct api *api, const struct api_method *method)
{
    static const char place[] = "method.response";
    const struct node *cors = method->cors, *age = node_get(cors, "max_age");
    const struct node *methods = node_get(cors, "allow_methods");
    json_t *parameters = json_object();
    set_missing(parameters, place, "Access-Control-Allow-Headers",
                quoted(joined(node_get(cors, "allow_headers"), default_headers)));
    set_missing(parameters, place, "Access-Control-Allow-Methods",
                quoted(node_items(methods) ? joined(methods, "") : methods_of(api, method->path)));
    set_missing(parameters, place, "Access-Control-Max-Age",
                !node_set(age)      ? NULL
                : node_dynamic(age) ? quoted(cfn_value(age))
                                    : json_sprintf("'%ld'", schema_int(age, 0)));
    set_answer(parameters, place, cors);
    json_object_del(parameters, "method.response.header.Access-Control-Expose-Headers");
    return parameters;
}

/* Declares the headers that an integration response sets. */
static json_t *declared(const json_t *parameters)
{
    const char *name;
    json_t *value, *all = json_object();
    json_object_foreach((json_t *)parameters, name, value)
        json_object_set_new(all, name, json_true());
    return all;
}

/* clang-format off */
json_t *api_cors_preflight(const struct api_writer *w, const struct api_method *method,
                           json_t *resource)
{
    const struct node *cors = method->cors;
    json_t *parameters = preflight_parameters(w->api, method), *names = declared(parameters);
    json_t *templates = has_several(cors)
        ? json_pack("{s:o}", "application/json", select_origin(cors, json_string(""))) : NULL;
    /* CONVERT_TO_TEXT: with the binary type star/star the template would not be read */
    return json_pack("{s:s, s:{s:b, s:s, s:s, s:{s:s, s:[{s:s, s:o, s:o*}], s:s, s:{s:s}, s:s},"
                     " s:[{s:s, s:o}], s:o, s:o}}",
        "Type", "AWS::ApiGateway::Method",
        "Properties",
            "ApiKeyRequired", 0,
            "AuthorizationType", "NONE",
            "HttpMethod", method->verb,
            "Integration",
                "ContentHandling", "CONVERT_TO_TEXT",
                "IntegrationResponses",
                    "StatusCode", "204",
                    "ResponseParameters", parameters,
                    "ResponseTemplates", templates,
                "PassthroughBehavior", "WHEN_NO_MATCH",
                "RequestTemplates", "application/json", "{\"statusCode\": 204}",
                "Type", "MOCK",
            "MethodResponses",
                "StatusCode", "204",
                "ResponseParameters", names,
            "ResourceId", resource,
            "RestApiId", cfn_ref(w->api->id));
}
/* clang-format on */

static json_t *object_of(json_t *parent, const char *key)
{
    json_t *object = json_object_get(parent, key);
    if (object)
        return object;
    json_object_set_new(parent, key, json_object());
    return json_object_get(parent, key);
}

/* Lets the templates of a response begin with the choice of the origin. Without templates the
 * answer stays what the integration returned, which is nothing for MOCK. */
static void prefix_templates(json_t *response, const struct node *cors, bool mock)
{
    json_t *templates = object_of(response, "ResponseTemplates"), *template;
    const char *type;
    if (!json_object_size(templates))
        json_object_set_new(templates, "application/json",
                            json_string(mock ? "" : "$input.json('$')"));
    json_object_foreach(templates, type, template)
        json_object_set_new(templates, type, select_origin(cors, json_incref(template)));
}

/* API Gateway makes the answers of these methods. */
static void write_method(struct api_writer *w, const struct api_method *method, json_t *properties)
{
    size_t i;
    json_t *response;
    const struct node *cors = method->cors;
    (void)w;
    if (!cors || method->preflight || str_ends(method->type, "_PROXY"))
        return;
    json_t *all = json_object();
    set_answer(all, "method.response", cors);
    json_t *names = declared(all);
    json_array_foreach(json_object_get(properties, "MethodResponses"), i, response)
        json_object_update_missing(object_of(response, "ResponseParameters"), names);
    json_array_foreach(
        json_object_get(json_object_get(properties, "Integration"), "IntegrationResponses"), i,
        response) {
        set_answer(object_of(response, "ResponseParameters"), "method.response", cors);
        if (has_several(cors))
            prefix_templates(response, cors, strcmp(method->type, "MOCK") == 0);
    }
    json_decref(names), json_decref(all);
}

const struct api_subject api_cors = {.fields = fields,
                                     .nfields = countof(fields),
                                     .method_fields = method_fields,
                                     .nmethod_fields = countof(method_fields),
                                     .read = read,
                                     .read_method = read_method,
                                     .finish = finish,
                                     .write_method = write_method};
