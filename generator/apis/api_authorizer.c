#include <string.h>
#include <strings.h>

#include "apis/api.h"
#include "apis/api_authorizer.h"
#include "apis/api_integration.h"
#include "apis/api_part.h"
#include "apis/api_value.h"
#include "lambdas/lambda.h"
#include "resources/reference.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* API Gateway API Reference, "CreateAuthorizer". */
enum { TTL_MAX = 3600, TTL_DEFAULT = 300 };

static const char *const lambda_types[] = {"TOKEN", "REQUEST", NULL};
static const char custom[] = "CUSTOM", cognito[] = "COGNITO_USER_POOLS";
static const char none[] = "NONE", iam[] = "AWS_IAM";

static const struct field fields[] = {
    {"authorizers", FIELD_MAP},
    {"authorizer", FIELD_TEXT},
    {"authorization_type", FIELD_TEXT},
    {"scopes", FIELD_TEXTS, .filled = true},
};

static const struct field method_fields[] = {
    {"authorizer", FIELD_TEXT},
    {"authorization_type", FIELD_TEXT},
    {"scopes", FIELD_TEXTS, .filled = true},
};

static const struct field authorizer_fields[] = {
    {"lambda", FIELD_TEXT, .lambda = true},
    {"type", FIELD_CHOICE, .choices = lambda_types},
    {"user_pools", FIELD_TEXTS},
    {"ttl", FIELD_INT, .max = TTL_MAX, .unit = "seconds"},
    {"header", FIELD_TEXT},
    {"validation", FIELD_TEXT},
    {"identity", FIELD_TEXTS},
};

struct api_authorizer {
    const struct node *key, *settings;
    const char *id;
    const char *type;            /* TOKEN, REQUEST or COGNITO_USER_POOLS */
    const struct node *callee;   /* the lambda in the settings, or NULL */
    const struct lambda *lambda; /* NULL: none, or one of elsewhere */
};

/* What a request has that identifies its caller: the words of settings, and those of AWS. */
static const struct {
    const char *word, *aws;
} sources[] = {
    {"header.", "method.request.header."},
    {"querystring.", "method.request.querystring."},
    {"stage.", "stageVariables."},
    {"context.", "context."},
};

static bool is_request(const struct api_authorizer *a)
{
    return strcmp(a->type, "REQUEST") == 0;
}

/* Returns the expression of AWS for a source of identity; NULL if it is none. */
static const char *source(struct arena *arena, const char *text)
{
    for (size_t i = 0; i < countof(sources); i++) {
        size_t len = strlen(sources[i].word);
        if (str_starts(text, sources[i].aws) && text[strlen(sources[i].aws)])
            return text;
        if (str_starts(text, sources[i].word) && text[len])
            return arena_printf(arena, "%s%s", sources[i].aws, text + len);
    }
    return NULL;
}

static bool check_identity(struct arena *arena, const struct node *identity)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(identity); i++) {
        const struct node *item = node_item(identity, i);
        if (!node_dynamic(item) && (!source(arena, item->text) || strchr(item->text, ',')))
            ok = diag_error(EXIT_VALUE, item->pos,
                            "identity is header.X, querystring.X, stage.X or context.X, not '%s'",
                            item->text);
    }
    return ok;
}

/* Reports a setting that authorizers of this type do not have. */
static bool check_without(const struct api_authorizer *a, const char *key, const char *why)
{
    const struct node *value = node_get(a->settings, key);
    return !node_set(value) || diag_error(EXIT_RESOURCE, value->pos, "%s", why);
}

/* API Gateway looks for a request's sources before it calls the lambda, to find a kept answer. */
static bool check_request(struct arena *arena, const struct api_authorizer *a)
{
    const struct node *ttl = node_get(a->settings, "ttl");
    const struct node *identity = node_get(a->settings, "identity");
    bool ok = check_without(a, "header", "the type REQUEST has 'identity', a list, and no header");
    ok = check_without(a, "validation", "the type REQUEST has no validation; TOKEN has it") && ok;
    if (!node_items(identity) && schema_int(ttl, 0) > 0)
        ok = diag_error(EXIT_RESOURCE, ttl->pos,
                        "a ttl needs 'identity': what two requests with one answer have in common");
    return check_identity(arena, identity) && ok;
}

static bool check_pools(const struct model *model, const struct api_authorizer *a)
{
    static const char *const types[] = {"AWS::Cognito::UserPool", NULL};
    const struct node *pools = node_get(a->settings, "user_pools");
    bool ok = check_without(a, "type", "user pools have no type; remove it");
    for (size_t i = 0; i < node_items(pools); i++) {
        const struct node *pool = node_item(pools, i);
        if (node_dynamic(pool))
            ok = reference_check(model, pool, types, "a user pool") && ok;
        else if (!str_starts(pool->text, "arn:"))
            ok = diag_error(EXIT_VALUE, pool->pos,
                            "a user pool is an ARN or a ref to a resource, not '%s'", pool->text);
    }
    return ok;
}

static bool find_type(const struct model *model, struct api_authorizer *a)
{
    const struct node *lambda = node_get(a->settings, "lambda");
    const struct node *pools = node_get(a->settings, "user_pools");
    const char *type = schema_choice(node_get(a->settings, "type"), lambda_types);
    if (node_set(lambda) == (node_items(pools) > 0))
        return diag_error(EXIT_REQUIRED, a->key->pos,
                          "an authorizer needs either 'lambda' or 'user_pools'");
    a->type = !node_set(lambda) ? cognito : type ? type : lambda_types[0];
    a->callee = node_set(lambda) ? lambda : NULL;
    return !a->callee || api_lambda_read(model, lambda, &a->lambda);
}

static bool read_authorizer(const struct model *model, struct api *api, const struct entry *entry)
{
    static const char *const reserved[] = {"none", "iam"};
    const char *name = name_id(model->arena, entry->key->text, NULL);
    struct api_authorizer a = {.key = entry->key, .settings = entry->value};
    if (str_one_of(entry->key->text, reserved, countof(reserved)))
        return diag_error(EXIT_VALUE, entry->key->pos,
                          "'%s' has a meaning of its own as an authorizer; take another name",
                          entry->key->text);
    if (!*name)
        return diag_error(EXIT_VALUE, entry->key->pos,
                          "the name of an authorizer needs a letter or a digit");
    if (!schema_check(authorizer_fields, countof(authorizer_fields), a.settings, a.key,
                      "an authorizer") ||
        !find_type(model, &a))
        return false;
    a.id = arena_printf(model->arena, "%sAuthorizer%s", api->name, name);
    array_push(model->arena, api->authorizers, api->nauthorizers, a);
    if (is_request(&a))
        return check_request(model->arena, &a);
    bool ok =
        check_without(&a, "identity", "identity is for the type REQUEST; others have a 'header'");
    return (a.callee || check_pools(model, &a)) && ok;
}

static const struct api_authorizer *find(const struct api *api, const struct node *name)
{
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < api->nauthorizers; i++) {
        if (strcmp(api->authorizers[i].key->text, name->text) == 0)
            return &api->authorizers[i];
        if (n < countof(names))
            names[n++] = api->authorizers[i].key->text;
    }
    if (node_get(node_get(api->settings, "authorizers"), name->text))
        return NULL; /* its own error was reported */
    const char *near = str_nearest(name->text, names, n);
    diag_error(EXIT_NOT_FOUND, name->pos,
               near ? "this api has no authorizer '%s'; did you mean '%s'?"
                    : "this api has no authorizer '%s'; define it in 'authorizers', or write none "
                      "or iam",
               name->text, near);
    return NULL;
}

/* Checks the values of authorizer, authorization_type and scopes in one map. */
static bool check_words(const struct api *api, const struct node *settings,
                        const struct api_authorizer **found)
{
    static const char *const types[] = {none, iam, custom, cognito};
    const struct node *type = node_get(settings, "authorization_type");
    const struct node *name = node_get(settings, "authorizer");
    const char *text = node_dynamic(type) ? NULL : node_text(type);
    *found = NULL;
    if (text && !str_one_of(text, types, countof(types)))
        return diag_error(EXIT_VALUE, type->pos,
                          "'%s' is no authorization_type; there are NONE, AWS_IAM, CUSTOM and "
                          "COGNITO_USER_POOLS",
                          text);
    if (!node_set(name) || strcmp(name->text, "none") == 0 || strcmp(name->text, "iam") == 0)
        return true;
    if (node_dynamic(name))
        return text || diag_error(EXIT_REQUIRED, name->pos,
                                  "an authorizer of elsewhere needs an authorization_type: CUSTOM "
                                  "or COGNITO_USER_POOLS");
    *found = find(api, name);
    return *found != NULL;
}

/* The type that the name of an authorizer means; NULL without a name, and for one of elsewhere. */
static const char *type_of_name(const struct node *name, const struct api_authorizer *authorizer)
{
    if (!node_set(name) || node_dynamic(name))
        return NULL;
    if (authorizer)
        return authorizer->type == cognito ? cognito : custom;
    return strcmp(name->text, "iam") == 0 ? iam : none;
}

static bool check_type(const struct node *settings, const struct api_authorizer *authorizer)
{
    const struct node *name = node_get(settings, "authorizer");
    const struct node *type = node_get(settings, "authorization_type");
    const char *text = node_dynamic(type) ? NULL : node_text(type);
    const char *means = type_of_name(name, authorizer);
    if (text && !node_set(name) && (strcmp(text, custom) == 0 || strcmp(text, cognito) == 0))
        return diag_error(EXIT_REQUIRED, type->pos, "%s needs an 'authorizer'", text);
    if (!text || !means || strcmp(text, means) == 0)
        return true;
    diag_error(EXIT_RESOURCE, type->pos, "this authorizer has the type %s, not %s; leave it out",
               means, text);
    diag_note(name->pos, "the authorizer is named here");
    return false;
}

static bool read(const struct model *model, struct api *api)
{
    const struct node *map = node_get(api->settings, "authorizers");
    const struct api_authorizer *found = NULL;
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++)
        ok = read_authorizer(model, api, &map->entries[i]) && ok;
    return ok && check_words(api, api->settings, &found) && check_type(api->settings, found);
}

/* The settings of a method have an authorizer or a type, so that those of the API do not count. */
static bool has_own(const struct api_method *method)
{
    return node_set(node_get(method->settings, "authorizer")) ||
           node_set(node_get(method->settings, "authorization_type"));
}

static const struct node *settings_of(const struct api *api, const struct api_method *method)
{
    return has_own(method) ? method->settings : api->settings;
}

/* Only the tokens of user pools have scopes. */
static bool check_scopes(const struct api *api, const struct api_method *method)
{
    const struct node *scopes = node_get(method->settings, "scopes");
    const struct node *name = node_get(settings_of(api, method), "authorizer");
    if (!node_set(scopes) || node_dynamic(name) ||
        (method->authorizer && method->authorizer->type == cognito))
        return true;
    return diag_error(EXIT_RESOURCE, scopes->pos,
                      "scopes need an authorizer with user_pools: no other one checks them");
}

static bool read_method(const struct model *model, const struct api *api, struct api_method *method)
{
    (void)model;
    const struct node *settings = settings_of(api, method);
    return check_words(api, settings, &method->authorizer) &&
           (!has_own(method) || check_type(settings, method->authorizer)) &&
           check_scopes(api, method);
}

/* "method.request.header.A,stageVariables.b"; NULL if a request needs none. */
static json_t *identity_source(struct arena *arena, const struct api_authorizer *a)
{
    const struct node *identity = node_get(a->settings, "identity");
    const struct node *header = node_get(a->settings, "header");
    json_t *parts = json_array();
    if (!is_request(a)) {
        json_decref(parts);
        if (node_dynamic(header))
            return cfn_join("", json_pack("[s, o]", sources[0].aws, cfn_value(header)));
        return json_sprintf("%s%s", sources[0].aws,
                            node_set(header) ? header->text : "Authorization");
    }
    bool dynamic = false;
    struct buf text = {0};
    for (size_t i = 0; i < node_items(identity); i++) {
        const struct node *item = node_item(identity, i);
        dynamic = dynamic || node_dynamic(item);
        const char *expression = node_dynamic(item) ? "" : source(arena, item->text);
        buf_add_item(&text, ",", expression);
        json_array_append_new(parts,
                              node_dynamic(item) ? cfn_value(item) : json_string(expression));
    }
    const char *joined = node_items(identity) ? buf_text(arena, &text) : NULL;
    if (dynamic)
        return cfn_join(",", parts);
    json_decref(parts);
    return joined ? json_string(joined) : NULL;
}

static json_t *pools(const struct model *model, const struct api_authorizer *a)
{
    const struct node *pools = node_get(a->settings, "user_pools");
    json_t *list = json_array();
    for (size_t i = 0; i < node_items(pools); i++)
        json_array_append_new(list, reference_value(model, node_item(pools, i), WANT_ARN));
    return list;
}

/* Without sources of identity, no answer of the lambda can be kept. */
static json_t *ttl(const struct api_authorizer *a)
{
    const struct node *ttl = node_get(a->settings, "ttl");
    if (node_set(ttl))
        return cfn_int(ttl);
    return is_request(a) && !node_items(node_get(a->settings, "identity")) ? json_integer(0) : NULL;
}

/* clang-format off */
static json_t *authorizer_cfn(const struct api_writer *w, const struct api_authorizer *a)
{
    return json_pack("{s:s, s:{s:s, s:s, s:o, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*}}",
        "Type", "AWS::ApiGateway::Authorizer",
        "Properties",
            "Name", a->key->text,
            "Type", a->type,
            "RestApiId", cfn_ref(w->api->id),
            "AuthorizerCredentials", a->callee ? cfn_att(w->api->role_id, "Arn") : NULL,
            "AuthorizerUri", a->callee ? api_lambda_uri(api_lambda_arn(w->model, a->callee, a->lambda), false) : NULL,
            "AuthorizerResultTtlInSeconds", ttl(a),
            "IdentitySource", identity_source(w->arena, a),
            "IdentityValidationExpression", cfn_value(node_get(a->settings, "validation")),
            "ProviderARNs", a->callee ? NULL : pools(w->model, a));
}
/* clang-format on */

static void write(struct api_writer *w)
{
    for (size_t i = 0; i < w->api->nauthorizers; i++) {
        const struct api_authorizer *a = &w->api->authorizers[i];
        api_add(w, a->key->pos, a->id, authorizer_cfn(w, a));
        if (a->callee)
            api_calls(w, api_lambda_arn(w->model, a->callee, a->lambda));
    }
}

static json_t *scopes_of(const struct api *api, const struct api_method *method)
{
    const struct node *scopes = api_word(api, method, "scopes");
    if (!method->authorizer || method->authorizer->type != cognito || !node_items(scopes))
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < node_items(scopes); i++)
        json_array_append_new(list, cfn_value(node_item(scopes, i)));
    return list;
}

static void write_method(struct api_writer *w, const struct api_method *method, json_t *properties)
{
    const struct node *settings = settings_of(w->api, method);
    const struct node *name = node_get(settings, "authorizer");
    const struct node *type = node_get(settings, "authorization_type");
    const char *means = type_of_name(name, method->authorizer);
    if (method->preflight) /* a browser sends no credentials with it */
        return;
    json_t *scopes = scopes_of(w->api, method);
    json_object_set_new(properties, "AuthorizationType",
                        means ? json_string(means) : api_text(type, none));
    if (method->authorizer)
        json_object_set_new(properties, "AuthorizerId", cfn_ref(method->authorizer->id));
    else if (node_dynamic(name))
        json_object_set_new(properties, "AuthorizerId", cfn_value(name));
    if (scopes)
        json_object_set_new(properties, "AuthorizationScopes", scopes);
}

const struct api_subject api_authorizers = {.fields = fields,
                                            .nfields = countof(fields),
                                            .method_fields = method_fields,
                                            .nmethod_fields = countof(method_fields),
                                            .read = read,
                                            .read_method = read_method,
                                            .write_method = write_method,
                                            .write = write};
