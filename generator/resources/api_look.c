#include <string.h>

#include "base/util.h"
#include "resources/api_domain.h"
#include "resources/api_look.h"
#include "resources/model.h"
#include "resources/output.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/project.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* The kinds, whether the name of the stage is a part of the URL, and whether the settings name it.
 */
static const struct api_kind {
    const char *key, *scheme;
    bool stage, named;
} kinds[] = {
    {"apigateway", "https", .stage = true, .named = true},
    {"httpapi", "https"},
    {"websocket", "wss", .stage = true},
};

static const struct api_kind *kind_of(const struct resource *resource)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (resource_is(resource, kinds[i].key))
            return &kinds[i];
    return NULL;
}

bool api_is(const struct resource *resource)
{
    return kind_of(resource);
}

const struct resource *api_look(const struct model *model, const char *reference)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct resource *api = model->resources[i];
        if (api_is(api) && strcmp(resource_reference(model->arena, api), reference) == 0)
            return api;
    }
    return NULL;
}

static bool check_taken(struct model *model, const struct resource *api, const char *key)
{
    const struct resource *other = table_set(model->arena, &model->api_ids, key, (void *)api);
    if (!other)
        return true;
    diag_error(EXIT_DUPLICATE, api->key->pos,
               "the APIs '%s' of %s and '%s' of %s both get the logical ids '%s...'; give one of "
               "them another name",
               resource_reference(model->arena, other), other->kind->key,
               resource_reference(model->arena, api), api->kind->key,
               name_id(model->arena, api->name, NULL));
    diag_note(other->key->pos, "the other one is here");
    return false;
}

bool api_check_name(struct model *model, const struct resource *api)
{
    const char *part = arena_printf(model->arena, "%s...", name_id(model->arena, api->name, NULL));
    return check_taken(model, api, api_id(model->arena, api)) &&
           (!resource_is(api, "apigateway") || check_taken(model, api, part));
}

const char *api_id(struct arena *arena, const struct resource *api)
{
    return name_id(arena, api->app->name, api->name, NULL);
}

const struct node *api_stage_node(const struct resource *api)
{
    const struct node *stage = node_get(api->settings, "stage");
    bool map = stage && stage->kind == NODE_MAP && !node_dynamic(stage);
    return map ? node_get(stage, "name") : stage;
}

json_t *api_stage_name(const struct resource *api)
{
    const struct node *name = kind_of(api)->named ? api_stage_node(api) : NULL;
    return node_set(name) ? cfn_value(name) : cfn_ref("Stage");
}

static json_t *address(struct arena *arena, const struct resource *api, const char *scheme)
{
    json_t *parts = json_pack("[s, o, s, o, s, o]", arena_printf(arena, "%s://", scheme),
                              cfn_ref(api_id(arena, api)), ".execute-api.", cfn_ref("AWS::Region"),
                              ".", cfn_ref("AWS::URLSuffix"));
    if (kind_of(api)->stage) {
        json_array_append_new(parts, json_string("/"));
        json_array_append_new(parts, api_stage_name(api));
    }
    return cfn_join("", parts);
}

json_t *api_url(struct arena *arena, const struct resource *api)
{
    return address(arena, api, kind_of(api)->scheme);
}

/* Whether its own endpoint is disabled. */
static bool is_closed(const struct resource *api)
{
    return schema_flag(node_get(api->settings, "disable_execute_api_endpoint"), false);
}

bool api_is_reached(const struct resource *api)
{
    return !is_closed(api) || node_items(node_get(api->settings, "domain"));
}

const char *api_output(struct arena *arena, const struct resource *api)
{
    return arena_printf(arena, OUTPUT_OWN "%s%s", name_id(arena, api->kind->key, NULL),
                        api_id(arena, api));
}

json_t *api_address(const struct model *model, const struct resource *api)
{
    const char *scheme = kind_of(api)->scheme;
    json_t *own = is_closed(api) ? api_domain_url(model, api, scheme) : NULL;
    if (own)
        return own;
    return api_url(model->arena, api);
}

json_t *api_connections(struct arena *arena, const struct resource *api)
{
    return address(arena, api, "https");
}

const char *api_address_text(struct arena *arena, const struct resource *api, const char *physical,
                             const char *region, const char *domain, const char *stage)
{
    const struct api_kind *kind = kind_of(api);
    json_t *name = api_stage_name(api);
    stage = json_is_string(name) ? arena_strdup(arena, json_string_value(name)) : stage;
    json_decref(name);
    return arena_printf(arena, "%s://%s.execute-api.%s.%s%s%s", kind->scheme, physical, region,
                        domain, kind->stage ? "/" : "", kind->stage ? stage : "");
}

const char *api_known_address(const struct model *model, const struct resource *api,
                              const char *physical, const char *region, const char *domain,
                              const char *stage)
{
    json_t *url = is_closed(api) ? api_domain_url(model, api, kind_of(api)->scheme) : NULL;
    json_t *parts = json_array_get(json_object_get(url, "Fn::Join"), 1), *part;
    const char *text = "";
    size_t i;
    json_array_foreach(parts, i, part)
        text = text && json_is_string(part)
                   ? arena_printf(model->arena, "%s%s", text, json_string_value(part))
                   : NULL;
    json_decref(url);
    if (!is_closed(api))
        return api_address_text(model->arena, api, physical, region, domain, stage);
    return text && *text ? text : NULL;
}
