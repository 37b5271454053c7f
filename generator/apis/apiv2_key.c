#include <string.h>
#include <strings.h>

#include "apis/apiv2_key.h"
#include "apis/route_path.h"
#include "base/util.h"
#include "settings/names.h"
#include "settings/node.h"
#include "template/cfn.h"

static const char *const verbs[] = {"ANY",     "DELETE", "GET",  "HEAD",
                                    "OPTIONS", "PATCH",  "POST", "PUT"};

/* The routes that API Gateway takes itself (API Gateway Developer Guide, "WebSocket API routes").
 */
static const char *const own_keys[] = {"$connect", "$default", "$disconnect"};

static const char *read_websocket(struct arena *arena, const struct node *key)
{
    const char *text = key->text;
    if (*text && (*text != '$' || str_one_of(text, own_keys, countof(own_keys))))
        return text;
    const char *near = str_nearest(text, own_keys, countof(own_keys));
    diag_error(EXIT_VALUE, key->pos,
               "'%s' is no key of a route; there are $connect, $disconnect, $default, and what "
               "messages have where route_selection looks%s",
               text, near ? arena_printf(arena, "; did you mean '%s'?", near) : "");
    return NULL;
}

/* Returns the method of "get /items" in capitals; NULL if it has none of HTTP. */
static const char *verb_of(const char *text)
{
    for (size_t i = 0; i < countof(verbs); i++)
        if (strncasecmp(text, verbs[i], strlen(verbs[i])) == 0 && text[strlen(verbs[i])] == ' ')
            return verbs[i];
    return NULL;
}

static const char *read_http(struct arena *arena, const struct node *key)
{
    const char *verb = verb_of(key->text);
    if (strcmp(key->text, "$default") == 0)
        return key->text;
    if (!verb) {
        diag_error(EXIT_VALUE, key->pos,
                   "a route is a method and a path, as in \"GET /items/{id}\", or $default, not "
                   "'%s'; the methods are ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT",
                   key->text);
        return NULL;
    }
    const char *path = key->text + strlen(verb);
    path += strspn(path, " ");
    return route_path_check(arena, key->pos, path) ? arena_printf(arena, "%s %s", verb, path)
                                                   : NULL;
}

const char *apiv2_key_read(struct arena *arena, const struct node *key, bool websocket)
{
    return websocket ? read_websocket(arena, key) : read_http(arena, key);
}

const char *apiv2_key_meaning(struct arena *arena, const char *route_key)
{
    return strchr(route_key, '/') ? route_path_meaning(arena, route_key) : route_key;
}

/* Other keys may lose what distinguishes them: /a/{b}, /a/b, /a-b and /a/B. */
static bool is_plain(const char *route_key)
{
    const char *path = strchr(route_key, ' ');
    return path ? str_is_made_of(path + 1, STR_LOWER "/")
                : str_one_of(route_key, own_keys, countof(own_keys));
}

const char *apiv2_key_id(struct arena *arena, const char *route_key)
{
    const char *id = name_id(arena, route_key, NULL);
    if (is_plain(route_key))
        return id;
    json_t *key = json_pack("[s]", route_key);
    const char *digest = cfn_digest(arena, key);
    json_decref(key);
    return arena_printf(arena, "%s%s", id, digest);
}
