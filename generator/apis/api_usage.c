#include <string.h>

#include "apis/api.h"
#include "apis/api_part.h"
#include "apis/api_usage.h"
#include "apis/api_value.h"
#include "apis/throttling.h"
#include "resources/api_look.h"
#include "resources/model.h"
#include "settings/names.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* API Gateway API Reference, "CreateApiKey". */
enum { KEY_MIN = 20, KEY_MAX = 128 };

static const char *const periods[] = {"DAY", "WEEK", "MONTH", NULL};

static const struct field fields[] = {
    {"api_key_required", FIELD_FLAG},
    {"api_keys", FIELD_ANY},
    {"usage_plan", FIELD_MAP},
    {"usage_plans", FIELD_MAP},
};

static const struct field key_fields[] = {
    {"name", FIELD_TEXT},        {"description", FIELD_TEXT}, {"enabled", FIELD_FLAG},
    {"customer_id", FIELD_TEXT}, {"value", FIELD_TEXT},
};

static const struct field plan_fields[] = {
    {"name", FIELD_TEXT}, {"description", FIELD_TEXT}, {"throttle", FIELD_MAP},
    {"quota", FIELD_MAP}, {"api_keys", FIELD_TEXTS},   {"methods", FIELD_MAP},
};

static const struct field quota_fields[] = {
    {"limit", FIELD_INT, .required = true, .max = 1000000000, .unit = "requests"},
    {"period", FIELD_CHOICE, .required = true, .choices = periods},
    {"offset", FIELD_INT, .max = 1000000000, .unit = "requests"},
};

/* A usage plan: the only one, whose name is "", or one of several. */
struct plan {
    const char *name;
    const struct node *place, *settings;
};

static size_t count_plans(const struct api *api)
{
    const struct node *plans = node_get(api->settings, "usage_plans");
    return node_set(node_get(api->settings, "usage_plan")) ? 1 : node_set(plans) ? plans->count : 0;
}

static struct plan plan_at(const struct api *api, size_t i)
{
    const struct node *one = node_get(api->settings, "usage_plan");
    if (node_set(one))
        return (struct plan){"", one, one};
    const struct entry *entry = &node_get(api->settings, "usage_plans")->entries[i];
    return (struct plan){entry->key->text, entry->key, entry->value};
}

/* The keys of an API: a list of names, or a map from names to settings. */
static size_t count_keys(const struct api *api)
{
    const struct node *keys = node_get(api->settings, "api_keys");
    return node_set(keys) && keys->kind == NODE_MAP ? keys->count : node_items(keys);
}

static const struct node *key_name(const struct api *api, size_t i)
{
    const struct node *keys = node_get(api->settings, "api_keys");
    return keys->kind == NODE_MAP ? keys->entries[i].key : node_item(keys, i);
}

static const struct node *key_settings(const struct api *api, size_t i)
{
    const struct node *keys = node_get(api->settings, "api_keys");
    return keys->kind == NODE_MAP ? keys->entries[i].value : NULL;
}

static const char *part_of_id(struct arena *arena, const struct node *name)
{
    return name_id(arena, name->text, NULL);
}

static bool check_key(struct arena *arena, const struct api *api, size_t i)
{
    const struct node *name = key_name(api, i), *settings = key_settings(api, i);
    const struct node *value = node_get(settings, "value");
    if (!node_text(name) || node_dynamic(name) || !*part_of_id(arena, name))
        return diag_error(EXIT_VALUE, name->pos,
                          "an API key has a name with a letter or a digit; the key itself is "
                          "'value', or made by AWS");
    if (!schema_check(key_fields, countof(key_fields), settings, name, "an API key"))
        return false;
    size_t len = node_text(value) && !node_dynamic(value) ? strlen(value->text) : KEY_MIN;
    return (len >= KEY_MIN && len <= KEY_MAX) ||
           diag_error(EXIT_VALUE, value->pos, "the value of an API key has %d to %d characters",
                      KEY_MIN, KEY_MAX);
}

static bool is_key(const struct api *api, const struct node *name)
{
    for (size_t i = 0; i < count_keys(api); i++)
        if (strcmp(key_name(api, i)->text, name->text) == 0)
            return true;
    return false;
}

static bool check_plan_keys(const struct api *api, const struct node *keys)
{
    bool ok = true;
    for (size_t i = 0; i < node_items(keys); i++) {
        const struct node *key = node_item(keys, i);
        if (!node_dynamic(key) && !is_key(api, key))
            ok = diag_error(EXIT_NOT_FOUND, key->pos,
                            "this api has no key '%s'; define it in 'api_keys', or write a ref to "
                            "a key of elsewhere",
                            key->text);
    }
    return ok;
}

/* The verb of "GET /items" in capitals, and the path behind it; NULL after an error. */
static const char *method_of(const struct node *key, const char **path)
{
    const char *blank = strchr(key->text, ' '), *verb;
    struct node word = *key;
    char name[16];
    if (!blank || blank[1] != '/' || (size_t)(blank - key->text) >= sizeof name) {
        diag_error(EXIT_VALUE, key->pos, "a method is written as 'GET /items', not '%s'",
                   key->text);
        return NULL;
    }
    snprintf(name, sizeof name, "%.*s", (int)(blank - key->text), key->text);
    word.text = name;
    verb = api_verb(&word);
    *path = blank + 1;
    return verb;
}

/* Whether the API has the method, or one for all verbs; a document is not looked at. */
static bool has_method(const struct api *api, const char *verb, const char *path)
{
    bool found = api->body;
    for (size_t i = 0; i < api->nmethods && !found; i++)
        found =
            strcmp(api->methods[i].path, path) == 0 &&
            (strcmp(api->methods[i].verb, verb) == 0 || strcmp(api->methods[i].verb, "ANY") == 0);
    return found;
}

static bool check_plan_methods(const struct api *api, const struct node *methods)
{
    bool ok = true;
    for (size_t i = 0; node_set(methods) && i < methods->count; i++) {
        const struct node *key = methods->entries[i].key, *limits = methods->entries[i].value;
        const char *path, *verb = method_of(key, &path);
        if (verb && !has_method(api, verb, path))
            ok = diag_error(EXIT_NOT_FOUND, key->pos, "this api has no method '%s'", key->text);
        if (!node_set(limits))
            ok = diag_error(EXIT_REQUIRED, key->pos, "throttling needs 'rate' or 'burst'");
        ok = verb && throttling_check(limits) && ok;
    }
    return ok;
}

static bool finish(const struct model *model, struct api *api)
{
    (void)model;
    bool ok = true;
    for (size_t i = 0; i < count_plans(api); i++)
        ok = check_plan_methods(api, node_get(plan_at(api, i).settings, "methods")) && ok;
    return ok;
}

static bool check_plan(struct arena *arena, const struct api *api, struct plan plan)
{
    const struct node *quota = node_get(plan.settings, "quota");
    if (*plan.name && !*part_of_id(arena, plan.place))
        return diag_error(EXIT_VALUE, plan.place->pos,
                          "the name of a usage plan needs a letter or a digit");
    if (!schema_check(plan_fields, countof(plan_fields), plan.settings, plan.place, "a usage plan"))
        return false;
    bool ok = throttling_check(node_get(plan.settings, "throttle"));
    if (node_set(quota))
        ok = schema_check(quota_fields, countof(quota_fields), quota, quota, "a quota") && ok;
    return check_plan_keys(api, node_get(plan.settings, "api_keys")) && ok;
}

static bool read(const struct model *model, struct api *api)
{
    const struct node *settings = api->settings, *keys = node_get(settings, "api_keys");
    const struct node *one = node_get(settings, "usage_plan");
    const struct node *several = node_get(settings, "usage_plans");
    bool ok = true;
    for (size_t i = 0; i < count_keys(api); i++)
        ok = check_key(model->arena, api, i) && ok;
    if (node_set(one) && node_set(several)) {
        diag_error(EXIT_RESOURCE, several->pos, "an api has usage_plan or usage_plans, not both");
        diag_note(one->pos, "the other one is here");
        return false;
    }
    for (size_t i = 0; ok && i < count_plans(api); i++)
        ok = check_plan(model->arena, api, plan_at(api, i)) && ok;
    if (ok && node_set(keys) && !count_plans(api))
        diag_warning(keys->pos, "API keys do nothing without a usage plan; set 'usage_plan'");
    return ok;
}

static const char *key_id(struct arena *arena, const struct api *api, const struct node *name)
{
    return arena_printf(arena, "%sApiKey%s", api->name, part_of_id(arena, name));
}

/* clang-format off */
static json_t *key_cfn(const struct node *settings)
{
    return json_pack("{s:s, s:{s:b, s:o*, s:o*, s:o*, s:o*}}",
        "Type", "AWS::ApiGateway::ApiKey",
        "Properties",
            "Enabled", schema_flag(node_get(settings, "enabled"), true),
            "CustomerId", cfn_value(node_get(settings, "customer_id")),
            "Description", cfn_value(node_get(settings, "description")),
            "Name", cfn_value(node_get(settings, "name")),
            "Value", cfn_value(node_get(settings, "value")));
}

static json_t *quota_cfn(const struct node *quota)
{
    const struct node *offset = node_get(quota, "offset");
    if (!node_set(quota))
        return NULL;
    return json_pack("{s:o, s:o*, s:o}",
        "Limit", cfn_int(node_get(quota, "limit")),
        "Offset", cfn_optional_int(offset),
        "Period", cfn_choice(node_get(quota, "period"), periods));
}
/* clang-format on */

static json_t *throttle_cfn(const struct node *throttle)
{
    json_t *made = json_object();
    throttling_write(made, "", throttle);
    if (json_object_size(made))
        return made;
    json_decref(made);
    return NULL;
}

/* The limits of single methods, by "/items/GET"; or NULL. */
static json_t *methods_cfn(struct arena *arena, const struct node *methods)
{
    json_t *all = NULL;
    for (size_t i = 0; node_set(methods) && i < methods->count; i++) {
        const char *path, *verb = method_of(methods->entries[i].key, &path);
        all = all ? all : json_object();
        json_object_set_new(all, arena_printf(arena, "%s/%s", path, verb),
                            throttle_cfn(methods->entries[i].value));
    }
    return all;
}

/* The stage must be there before the plan. */
static json_t *plan_cfn(const struct api_writer *w, const struct node *settings)
{
    const struct api *api = w->api;
    bool made_here = api->stage_id != NULL;
    json_t *stage = made_here ? cfn_ref(api->stage_id) : api_stage_name(api->resource);
    return json_pack("{s:s, s:o*, s:{s:[{s:o, s:o, s:o*}], s:o*, s:o*, s:o*, s:o*}}", "Type",
                     "AWS::ApiGateway::UsagePlan", "DependsOn",
                     made_here ? NULL : json_pack("[s]", w->deployment_id), "Properties",
                     "ApiStages", "ApiId", cfn_ref(api->id), "Stage", stage, "Throttle",
                     methods_cfn(w->arena, node_get(settings, "methods")), "Description",
                     cfn_value(node_get(settings, "description")), "Quota",
                     quota_cfn(node_get(settings, "quota")), "Throttle",
                     throttle_cfn(node_get(settings, "throttle")), "UsagePlanName",
                     cfn_value(node_get(settings, "name")));
}

static void add_plan_key(struct api_writer *w, struct pos pos, const char *plan_id,
                         const char *name, json_t *key)
{
    cfn_add(w->cfn, pos, arena_printf(w->arena, "%sKey%s", plan_id, name),
            json_pack("{s:s, s:{s:o, s:s, s:o}}", "Type", "AWS::ApiGateway::UsagePlanKey",
                      "Properties", "KeyId", key, "KeyType", "API_KEY", "UsagePlanId",
                      cfn_ref(plan_id)));
}

/* A plan without `api_keys` has all keys of the API. */
static void write_plan(struct api_writer *w, struct plan plan)
{
    const struct api *api = w->api;
    const struct node *own = node_get(plan.settings, "api_keys");
    const char *id = arena_printf(w->arena, "%sUsagePlan%s", api->name,
                                  *plan.name ? part_of_id(w->arena, plan.place) : "");
    cfn_add(w->cfn, plan.place->pos, id, plan_cfn(w, plan.settings));
    for (size_t i = 0; !node_set(own) && i < count_keys(api); i++) {
        const struct node *name = key_name(api, i);
        add_plan_key(w, name->pos, id, part_of_id(w->arena, name),
                     cfn_ref(key_id(w->arena, api, name)));
    }
    for (size_t i = 0; i < node_items(own); i++) {
        const struct node *key = node_item(own, i);
        bool here = !node_dynamic(key);
        json_t *value = here ? cfn_ref(key_id(w->arena, api, key)) : cfn_value(key);
        add_plan_key(w, key->pos, id,
                     here ? part_of_id(w->arena, key) : cfn_digest(w->arena, value), value);
    }
}

static void write_stage(struct api_writer *w)
{
    const struct api *api = w->api;
    for (size_t i = 0; i < count_keys(api); i++)
        cfn_add(w->cfn, key_name(api, i)->pos, key_id(w->arena, api, key_name(api, i)),
                key_cfn(key_settings(api, i)));
    for (size_t i = 0; i < count_plans(api); i++)
        write_plan(w, plan_at(api, i));
}

const struct api_subject api_usage = {.fields = fields,
                                      .nfields = countof(fields),
                                      .read = read,
                                      .finish = finish,
                                      .write_stage = write_stage};
