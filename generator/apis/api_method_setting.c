#include <string.h>

#include "apis/api.h"
#include "apis/api_method_setting.h"
#include "apis/throttling.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { TTL_MAX = 3600 };

static const char *const levels[] = {"OFF", "ERROR", "INFO", NULL};
static const char *const sizes[] = {"0.5",  "1.6", "6.1", "13.5", "28.4",
                                    "58.2", "118", "237", NULL};

static const struct field caching_fields[] = {
    {"size", FIELD_CHOICE, .choices = sizes},
    {"all", FIELD_FLAG},
    {"ttl", FIELD_INT, .max = TTL_MAX, .unit = "seconds"},
    {"encrypted", FIELD_FLAG},
};

/* Those behind the first two, which the whole stage has. */
static const struct field method_caching_fields[] = {
    {"ttl", FIELD_INT, .max = TTL_MAX, .unit = "seconds"},
    {"encrypted", FIELD_FLAG},
};

static const struct field logging_fields[] = {
    {"level", FIELD_CHOICE, .required = true, .choices = levels},
    {"data_trace", FIELD_FLAG},
};

static bool is_map(const struct node *node)
{
    return node && node->kind == NODE_MAP && !node_dynamic(node);
}

/* `logging` is a level, or a map that has it. YAML reads `off` as false. */
static const struct node *level_node(const struct node *logging)
{
    return is_map(logging) ? node_get(logging, "level") : logging;
}

static bool is_off(const struct node *level)
{
    return level && level->kind == NODE_BOOL && !level->boolean;
}

static bool check_logging(const struct node *logging)
{
    static const struct field field = {"logging", FIELD_CHOICE, .choices = levels};
    if (!node_set(logging) || is_off(level_node(logging)))
        return true;
    if (is_map(logging))
        return schema_check(logging_fields, countof(logging_fields), logging, logging, "logging");
    return schema_check_value(&field, logging);
}

static bool check_caching(const struct api *api, const struct node *caching, bool of_method)
{
    const struct field *fields = of_method ? method_caching_fields : caching_fields;
    size_t n = of_method ? countof(method_caching_fields) : countof(caching_fields);
    if (!schema_check_switch(fields, n, caching, "caching"))
        return false;
    return !of_method || !schema_on(caching) || schema_on(node_get(api->settings, "caching")) ||
           diag_error(EXIT_REQUIRED, caching->pos,
                      "a method is cached by the cache of its stage; set 'caching' of the api, "
                      "with all: false if no other method is cached");
}

bool api_method_settings_check(const struct api *api, const struct api_method *method)
{
    const struct node *settings = method ? method->settings : api->settings;
    bool ok = throttling_check(node_get(settings, "throttling"));
    ok = check_caching(api, node_get(settings, "caching"), method != NULL) && ok;
    return check_logging(node_get(settings, "logging")) && ok;
}

const char *api_cache_size(const struct node *caching)
{
    const char *size = schema_choice(node_get(caching, "size"), sizes);
    return size ? size : sizes[0];
}

static void set(json_t *object, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(object, name, value);
}

static json_t *flag(const struct node *node)
{
    return node_set(node) ? json_boolean(schema_flag(node, false)) : NULL;
}

static void set_caching(json_t *object, const struct node *caching)
{
    const struct node *ttl = node_get(caching, "ttl");
    if (!node_set(caching))
        return;
    bool on = schema_on(caching) && schema_flag(node_get(caching, "all"), true);
    set(object, "CachingEnabled", json_boolean(on));
    set(object, "CacheTtlInSeconds", cfn_optional_int(ttl));
    set(object, "CacheDataEncrypted", flag(node_get(caching, "encrypted")));
}

static void set_logging(json_t *object, const struct node *logging)
{
    const struct node *level = level_node(logging);
    if (!node_set(level))
        return;
    set(object, "LoggingLevel", is_off(level) ? json_string(levels[0]) : cfn_choice(level, levels));
    set(object, "DataTraceEnabled", flag(node_get(logging, "data_trace")));
}

static void set_all(json_t *object, const struct node *settings)
{
    throttling_write(object, "Throttling", node_get(settings, "throttling"));
    set_caching(object, node_get(settings, "caching"));
    set_logging(object, node_get(settings, "logging"));
    set(object, "MetricsEnabled", flag(node_get(settings, "metrics")));
}

/* Returns the path with each slash but the first as "~1". */
static json_t *resource_path(const char *path)
{
    struct buf text = {0};
    buf_adds(&text, "/");
    for (const char *c = path; path[1] && *c; c++)
        buf_printf(&text, *c == '/' ? "~1" : "%c", *c);
    json_t *made = json_string(text.data);
    buf_free(&text);
    return made;
}

static void append(json_t *list, json_t *settings, json_t *path, const char *verb)
{
    json_object_set_new(settings, "ResourcePath", path);
    json_object_set_new(settings, "HttpMethod", json_string(verb));
    json_array_append_new(list, settings);
}

/* A method's own settings replace those of the stage as a whole, so they repeat the others. */
json_t *api_method_settings_cfn(const struct api *api)
{
    json_t *list = json_array(), *common = json_object(), *own = json_object();
    set_all(common, api->settings);
    if (json_object_size(common))
        append(list, json_copy(common), json_string("/*"), "*");
    for (size_t i = 0; i < api->nmethods; i++) {
        const struct api_method *method = &api->methods[i];
        json_object_clear(own);
        set_all(own, method->settings);
        if (!json_object_size(own))
            continue;
        json_t *merged = json_copy(common);
        json_object_update(merged, own);
        append(list, merged, resource_path(method->path), method->verb);
    }
    json_decref(common), json_decref(own);
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}
