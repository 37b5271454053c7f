#include <stdlib.h>
#include <string.h>

#include "apis/api_permission.h"
#include "apis/apiv2.h"
#include "apis/apiv2_authorizer.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const char *const payloads[] = {"1.0", "2.0", NULL};

/* API Gateway V2 API Reference, "Authorizer". */
enum { TTL_MAX = 3600, IDENTITY_MAX = 32 };

static const struct field http_fields[] = {
    {"jwt", FIELD_MAP},
    {"lambda", FIELD_NAME},
    {"identity", FIELD_TEXTS},
    {"payload", FIELD_CHOICE, .choices = payloads},
    {"simple_responses", FIELD_FLAG},
    {"ttl", FIELD_INT, .min = 0, .max = TTL_MAX, .unit = "seconds"},
};

/* A WebSocket API keeps no answers, and knows no payload versions. */
static const struct field websocket_fields[] = {
    {"lambda", FIELD_NAME, .required = true},
    {"identity", FIELD_TEXTS},
};

static const struct field jwt_fields[] = {
    {"issuer", FIELD_TEXT, .required = true},
    {"audience", FIELD_TEXTS, .required = true, .filled = true},
};

/* Sources of identities: the short form, and what API Gateway calls it; NULL if it has no such
 * source (API Gateway V2 API Reference, "Authorizer": identitySource). */
static const struct {
    const char *word, *http, *websocket;
} sources[] = {
    {"header.", "$request.header.", "route.request.header."},
    {"querystring.", "$request.querystring.", "route.request.querystring."},
    {"context.", "$context.", "context."},
    {"stage.", "$stageVariables.", "stageVariables."},
};

/* --- reading --------------------------------------------------------------------------------- */

/* Returns a source as API Gateway writes it, or NULL. */
static const char *source_of(struct arena *arena, bool websocket, const char *text)
{
    for (size_t i = 0; i < countof(sources); i++) {
        const char *full = websocket ? sources[i].websocket : sources[i].http;
        size_t len = strlen(sources[i].word);
        if (strncmp(text, full, strlen(full)) == 0 && text[strlen(full)])
            return text;
        if (strncmp(text, sources[i].word, len) == 0 && text[len])
            return arena_printf(arena, "%s%s", full, text + len);
    }
    return NULL;
}

static bool check_identity(const struct model *model, const struct apiv2 *api,
                           const struct node *identity)
{
    const struct node *item;
    bool ok = node_items(identity) <= IDENTITY_MAX ||
              diag_error(EXIT_VALUE, identity->pos, "an authorizer has at most %d identities",
                         IDENTITY_MAX);
    for (size_t i = 0; (item = node_item(identity, i)); i++)
        if (!node_dynamic(item) && !source_of(model->arena, api->websocket, item->text))
            ok = diag_error(EXIT_VALUE, item->pos,
                            "an identity is header.<name>, querystring.<name>, context.<name> or "
                            "stage.<name>, not '%s'",
                            item->text);
    return ok;
}

static bool check_issuer(const struct node *issuer)
{
    return !node_set(issuer) || node_dynamic(issuer) || str_starts(issuer->text, "https://") ||
           diag_error(EXIT_VALUE, issuer->pos, "an issuer begins with https://, unlike '%s'",
                      issuer->text);
}

/* Settings that only a lambda has, and JWT with one identity. */
static bool check_jwt(const struct node *key, const struct node *settings)
{
    static const char *const others[] = {"lambda", "payload", "simple_responses", "ttl"};
    const struct node *jwt = node_get(settings, "jwt"), *identity = node_get(settings, "identity");
    bool ok = schema_check(jwt_fields, countof(jwt_fields), jwt, key, "jwt");
    ok = ok && check_issuer(node_get(jwt, "issuer"));
    for (size_t i = 0; i < countof(others); i++)
        if (node_set(node_get(settings, others[i])))
            ok = diag_error(EXIT_RESOURCE, node_get(settings, others[i])->pos,
                            "an authorizer by jwt has no '%s'", others[i]);
    if (node_set(identity) && node_items(identity) != 1)
        ok = diag_error(EXIT_VALUE, identity->pos, "an authorizer by jwt has one identity");
    return ok;
}

/* API Gateway finds a kept answer by the identity. */
static bool check_ttl(const struct node *settings)
{
    const struct node *ttl = node_get(settings, "ttl"), *identity = node_get(settings, "identity");
    const struct node *payload = node_get(settings, "payload");
    const struct node *simple = node_get(settings, "simple_responses");
    bool ok = true;
    if (node_set(ttl) && schema_int(ttl, 1) && node_set(identity) && !node_items(identity))
        ok = diag_error(EXIT_RESOURCE, ttl->pos,
                        "answers are kept by the identity; name one, or set ttl: 0");
    if (schema_choice(payload, payloads) == payloads[0] && schema_flag(simple, false))
        ok = diag_error(EXIT_RESOURCE, simple->pos, "simple_responses need payload: \"2.0\"");
    return ok;
}

static bool check_name(const struct node *key)
{
    return (strcmp(key->text, "none") != 0 && strcmp(key->text, "iam") != 0) ||
           diag_error(EXIT_VALUE, key->pos,
                      "'%s' is a word for routes without an authorizer of yours; choose another "
                      "name",
                      key->text);
}

static bool read_kind(const struct model *model, const struct apiv2 *api,
                      struct apiv2_authorizer *authorizer)
{
    const struct node *lambda = node_get(authorizer->settings, "lambda");
    bool jwt = !api->websocket && node_set(node_get(authorizer->settings, "jwt"));
    if (jwt)
        return check_jwt(authorizer->key, authorizer->settings);
    if (!node_set(lambda))
        return diag_error(EXIT_REQUIRED, authorizer->key->pos,
                          "an authorizer needs the setting 'jwt' or 'lambda'");
    authorizer->lambda = lambda_find(model, lambda);
    return check_ttl(authorizer->settings) && authorizer->lambda;
}

static bool read_authorizer(const struct model *model, struct apiv2 *api, const struct entry *entry)
{
    struct apiv2_authorizer authorizer = {.key = entry->key, .settings = entry->value};
    const struct field *fields = api->websocket ? websocket_fields : http_fields;
    size_t n = api->websocket ? countof(websocket_fields) : countof(http_fields);
    if (!check_name(entry->key) ||
        !schema_check(fields, n, entry->value, entry->key, "an authorizer"))
        return false;
    const char *name = name_id(model->arena, entry->key->text, NULL);
    if (!*name)
        return diag_error(EXIT_VALUE, entry->key->pos,
                          "'%s' has no letter or digit that a logical id could be made of",
                          entry->key->text);
    authorizer.id = arena_printf(model->arena, "%sAuthorizer%s", api->id, name);
    bool ok = check_identity(model, api, node_get(entry->value, "identity"));
    ok = read_kind(model, api, &authorizer) && ok;
    array_push(model->arena, api->authorizers, api->nauthorizers, authorizer);
    return ok;
}

static int by_id(const void *a, const void *b)
{
    const struct apiv2_authorizer *x = a, *y = b;
    return strcmp(x->id, y->id);
}

bool apiv2_authorizers_read(const struct model *model, struct apiv2 *api)
{
    const struct node *map = node_get(api->resource->settings, "authorizers");
    bool ok = true;
    for (size_t i = 0; node_set(map) && i < map->count; i++)
        ok = read_authorizer(model, api, &map->entries[i]) && ok;
    if (api->nauthorizers)
        qsort(api->authorizers, api->nauthorizers, sizeof *api->authorizers, by_id);
    return ok;
}

static bool find(const struct model *model, const struct apiv2 *api, const struct node *name,
                 struct apiv2_access *access)
{
    const char **names = NULL;
    size_t n = 0;
    for (size_t i = 0; i < api->nauthorizers; i++) {
        access->authorizer = &api->authorizers[i];
        if (strcmp(access->authorizer->key->text, name->text) == 0)
            return true;
        array_push(model->arena, names, n, access->authorizer->key->text);
    }
    access->authorizer = NULL;
    if (node_get(node_get(api->resource->settings, "authorizers"), name->text))
        return false; /* its own error was reported */
    const char *near = str_nearest(name->text, names, n);
    if (near)
        return diag_error(EXIT_NOT_FOUND, name->pos,
                          "there is no authorizer '%s'; did you mean '%s'?", name->text, near);
    return diag_error(EXIT_NOT_FOUND, name->pos,
                      "there is no authorizer '%s'; name one under 'authorizers', or write iam or "
                      "none",
                      name->text);
}

static bool check_scopes(const struct apiv2_access *access)
{
    if (!access->scopes || (access->authorizer && !access->authorizer->lambda))
        return true;
    return diag_error(EXIT_RESOURCE, access->scopes->pos,
                      "scopes stand in a token, so they need an authorizer by jwt");
}

bool apiv2_access_read(const struct model *model, const struct apiv2 *api,
                       const struct node *settings, struct apiv2_access *access)
{
    const struct node *own = node_get(settings, "authorizer");
    const struct node *scopes = node_get(settings, "scopes");
    const struct node *name = node_set(own) ? own : node_get(api->resource->settings, "authorizer");
    *access = (struct apiv2_access){APIV2_OPEN, NULL, node_set(scopes) ? scopes : NULL};
    if (node_set(name) && strcmp(name->text, "iam") == 0)
        access->kind = APIV2_IAM;
    else if (node_set(name) && strcmp(name->text, "none") != 0)
        access->kind = APIV2_AUTHORIZER;
    return (access->kind != APIV2_AUTHORIZER || find(model, api, name, access)) &&
           check_scopes(access);
}

const char *apiv2_access_type(const struct apiv2_access *access)
{
    return access->kind == APIV2_IAM            ? "AWS_IAM"
           : access->kind == APIV2_OPEN         ? "NONE"
           : access->authorizer->lambda != NULL ? "CUSTOM"
                                                : "JWT";
}

/* --- writing --------------------------------------------------------------------------------- */

/* The sources; in their absence, the header that every client sends a token in. */
static json_t *identity(const struct apiv2_writer *w, const struct apiv2_authorizer *authorizer)
{
    const struct node *list = node_get(authorizer->settings, "identity"), *item;
    json_t *all = json_array();
    if (!node_set(list))
        json_array_append_new(all, json_string(source_of(w->model->arena, w->api->websocket,
                                                         "header.Authorization")));
    for (size_t i = 0; (item = node_item(list, i)); i++)
        json_array_append_new(
            all, node_dynamic(item)
                     ? cfn_value(item)
                     : json_string(source_of(w->model->arena, w->api->websocket, item->text)));
    return all;
}

/* clang-format off */
static json_t *jwt_cfn(const struct apiv2_writer *w, const struct apiv2_authorizer *authorizer)
{
    const struct node *jwt = node_get(authorizer->settings, "jwt");
    return json_pack("{s:s, s:{s:o, s:s, s:o, s:{s:o, s:o}, s:s}}",
        "Type", "AWS::ApiGatewayV2::Authorizer",
        "Properties",
            "ApiId", cfn_ref(w->api->id),
            "AuthorizerType", "JWT",
            "IdentitySource", identity(w, authorizer),
            "JwtConfiguration",
                "Audience", apiv2_texts(node_get(jwt, "audience")),
                "Issuer", cfn_value(node_get(jwt, "issuer")),
            "Name", authorizer->key->text);
}

static json_t *lambda_cfn(const struct apiv2_writer *w, const struct apiv2_authorizer *authorizer)
{
    return json_pack("{s:s, s:{s:o, s:s, s:o, s:o, s:s}}",
        "Type", "AWS::ApiGatewayV2::Authorizer",
        "Properties",
            "ApiId", cfn_ref(w->api->id),
            "AuthorizerType", "REQUEST",
            "AuthorizerUri", apiv2_invocations(w->model->arena, authorizer->lambda),
            "IdentitySource", identity(w, authorizer),
            "Name", authorizer->key->text);
}
/* clang-format on */

/* A lambda answers {isAuthorized: true}, unless the settings say otherwise. */
static void add_http(json_t *resource, const struct apiv2_authorizer *authorizer)
{
    const struct node *payload = node_get(authorizer->settings, "payload");
    const struct node *ttl = node_get(authorizer->settings, "ttl");
    json_t *properties = json_object_get(resource, "Properties");
    bool simple = schema_choice(payload, payloads) != payloads[0];
    json_object_set_new(properties, "AuthorizerPayloadFormatVersion",
                        node_set(payload) ? cfn_choice(payload, payloads) : json_string("2.0"));
    if (simple)
        json_object_set_new(
            properties, "EnableSimpleResponses",
            json_boolean(schema_flag(node_get(authorizer->settings, "simple_responses"), true)));
    if (node_set(ttl))
        json_object_set_new(properties, "AuthorizerResultTtlInSeconds", cfn_int(ttl));
}

static void write_lambda(const struct apiv2_writer *w, const struct apiv2_authorizer *authorizer)
{
    json_t *resource = lambda_cfn(w, authorizer);
    if (!w->api->websocket)
        add_http(resource, authorizer);
    cfn_add(w->cfn, authorizer->key->pos, authorizer->id, resource);
    api_permission(w->cfn, authorizer->key->pos, w->api->id, w->api->id, authorizer->lambda, true);
}

void apiv2_authorizers_write(const struct apiv2_writer *w)
{
    for (size_t i = 0; i < w->api->nauthorizers; i++) {
        const struct apiv2_authorizer *authorizer = &w->api->authorizers[i];
        if (authorizer->lambda)
            write_lambda(w, authorizer);
        else
            cfn_add(w->cfn, authorizer->key->pos, authorizer->id, jwt_cfn(w, authorizer));
    }
}
