#include <stdlib.h>
#include <string.h>

#include "apis/httpapi_cors.h"
#include "base/diag.h"
#include "base/util.h"
#include "resources/cors_origin.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { AGE_MAX = 86400 };

static const struct field fields[] = {
    {"allow_origins", FIELD_TEXTS},    {"allow_methods", FIELD_TEXTS},
    {"allow_headers", FIELD_TEXTS},    {"expose_headers", FIELD_TEXTS},
    {"allow_credentials", FIELD_FLAG}, {"max_age", FIELD_INT, .max = AGE_MAX, .unit = "seconds"},
};

/* Names of a setting for an Api and for OpenAPI. */
static const struct {
    const char *setting, *property, *openapi;
} words[] = {
    {"allow_origins", "AllowOrigins", "allowOrigins"},
    {"allow_methods", "AllowMethods", "allowMethods"},
    {"allow_headers", "AllowHeaders", "allowHeaders"},
    {"expose_headers", "ExposeHeaders", "exposeHeaders"},
    {"allow_credentials", "AllowCredentials", "allowCredentials"},
    {"max_age", "MaxAge", "maxAge"},
};

static bool is_star(const struct node *node)
{
    return node_text(node) && strcmp(node->text, "*") == 0;
}

/* With "*" beside it, a list has other entries for nothing. */
static bool has_star(const struct node *list)
{
    const struct node *item;
    for (size_t i = 0; (item = node_item(list, i)); i++)
        if (is_star(item))
            return true;
    return false;
}

static bool check_origins(const struct node *origins)
{
    const struct node *item;
    bool ok = true;
    for (size_t i = 0; (item = node_item(origins, i)); i++)
        ok = cors_origin_check(item, true) && ok;
    return ok;
}

static bool check_methods(const struct node *methods)
{
    static const char *const known[] = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH",
                                        "POST",   "PUT", "*",    NULL};
    const struct node *item;
    bool ok = true;
    for (size_t i = 0; (item = node_item(methods, i)); i++)
        if (!node_dynamic(item) && !schema_choice(item, known))
            ok = diag_error(EXIT_VALUE, item->pos,
                            "'%s' is no method; there are DELETE, GET, HEAD, OPTIONS, PATCH, POST, "
                            "PUT and \"*\"",
                            item->text);
    return ok;
}

/* Browsers take no "*" with credentials, and API Gateway refuses it (Fetch Standard, "CORS protocol
 * and credentials"). */
static bool check_credentials(const struct node *cors)
{
    const struct node *credentials = node_get(cors, "allow_credentials");
    const struct node *origins = node_get(cors, "allow_origins");
    if (!schema_flag(credentials, false) || (node_set(origins) && !has_star(origins)))
        return true;
    return diag_error(EXIT_RESOURCE, credentials->pos,
                      "allow_credentials needs allow_origins that are named, without \"*\"");
}

bool httpapi_cors_check(const struct node *cors)
{
    if (!schema_check_switch(fields, countof(fields), cors, "cors"))
        return false;
    bool ok = check_origins(node_get(cors, "allow_origins"));
    ok = check_methods(node_get(cors, "allow_methods")) && ok;
    return check_credentials(cors) && ok;
}

/* Methods in capitals, as browsers send them. */
static json_t *texts(const struct node *list, bool capitals)
{
    const struct node *item;
    json_t *found = json_array();
    for (size_t i = 0; (item = node_item(list, i)); i++) {
        char *text = NULL;
        if (capitals && !node_dynamic(item))
            for (char *c = text = memory_text(item->text, strlen(item->text)); *c; c++)
                if (*c >= 'a' && *c <= 'z')
                    *c = (char)(*c - 'a' + 'A');
        json_array_append_new(found, text ? json_string(text) : cfn_value(item));
        free(text);
    }
    return found;
}

/* `cors: true` allows everything. A map allows what it says, from each origin if it names none. */
static json_t *value(const struct node *cors, const char *setting)
{
    static const char *const all[] = {"allow_origins", "allow_methods", "allow_headers"};
    const struct node *node = node_get(cors, setting);
    if (!node_set(node))
        return str_one_of(setting, all, cors->kind == NODE_MAP ? 1 : countof(all))
                   ? json_pack("[s]", "*")
                   : NULL;
    if (strcmp(setting, "allow_credentials") == 0)
        return json_boolean(schema_flag(node, false));
    return strcmp(setting, "max_age") == 0 ? cfn_int(node)
                                           : texts(node, strcmp(setting, "allow_methods") == 0);
}

static json_t *configuration(const struct node *cors, bool openapi)
{
    if (!schema_on(cors))
        return NULL;
    json_t *found = json_object();
    for (size_t i = 0; i < countof(words); i++) {
        json_t *set = value(cors, words[i].setting);
        if (set)
            json_object_set_new(found, openapi ? words[i].openapi : words[i].property, set);
    }
    return found;
}

json_t *httpapi_cors(const struct node *cors)
{
    return configuration(cors, false);
}

json_t *httpapi_cors_openapi(const struct node *cors)
{
    return configuration(cors, true);
}
