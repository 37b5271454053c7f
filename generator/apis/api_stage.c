#include <string.h>

#include "apis/access_log.h"
#include "apis/api.h"
#include "apis/api_account.h"
#include "apis/api_method_setting.h"
#include "apis/api_part.h"
#include "apis/api_stage.h"
#include "apis/stage_variable.h"
#include "resources/api_domain.h"
#include "resources/api_look.h"
#include "resources/model.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { NAME_MAX_LEN = 128 };

static const struct field fields[] = {
    {"stage", FIELD_ANY},    {"access_logs", FIELD_ANY},
    {"tracing", FIELD_FLAG}, {"cloudwatch_role", FIELD_FLAG},
    API_METHOD_SETTINGS,     API_DOMAIN_FIELDS,
};

static const struct field method_fields[] = {API_METHOD_SETTINGS};

static const struct field stage_fields[] = {
    {"name", FIELD_TEXT},
    {"description", FIELD_TEXT},
    {"variables", FIELD_MAP},
    {"properties", FIELD_MAP},
};

/* API Gateway API Reference, "CreateStage". */
static bool check_name(const struct node *name)
{
    if (!node_set(name) || node_dynamic(name))
        return true;
    if (!node_text(name))
        return diag_error(EXIT_VALUE, name->pos, "stage must be a name or a map, not %s",
                          node_kind_words(name));
    return (str_is_made_of(name->text, STR_ALNUM "_-") && strlen(name->text) <= NAME_MAX_LEN) ||
           diag_error(EXIT_VALUE, name->pos,
                      "the name of a stage has 1 to %d letters, digits, '_' and '-', not '%s'",
                      NAME_MAX_LEN, name->text);
}

static bool check_stage(const struct node *stage, const struct node *name)
{
    const struct node *variables = node_get(stage, "variables");
    bool ok = true;
    if (name == stage)
        return check_name(stage);
    if (!schema_check(stage_fields, countof(stage_fields), stage, stage, "a stage"))
        return false;
    for (size_t i = 0; node_set(variables) && i < variables->count; i++)
        ok = stage_variable_check(&variables->entries[i]) && ok;
    return verbatim_check(stage) && check_name(name) && ok;
}

static bool read(const struct model *model, struct api *api)
{
    bool ok = check_stage(node_get(api->settings, "stage"), api_stage_node(api->resource));
    ok = access_log_check(model, node_get(api->settings, "access_logs")) && ok;
    return api_method_settings_check(api, NULL) && ok;
}

static bool read_method(const struct model *model, const struct api *api, struct api_method *method)
{
    (void)model;
    return api_method_settings_check(api, method);
}

static bool has_any(const struct node *settings, const struct field *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (node_set(node_get(settings, words[i].key)))
            return true;
    return false;
}

static bool finish(const struct model *model, struct api *api)
{
    bool any = has_any(api->settings, fields, countof(fields));
    for (size_t i = 0; i < api->nmethods; i++)
        any = any || has_any(api->methods[i].settings, method_fields, countof(method_fields));
    if (any)
        api->stage_id = arena_printf(model->arena, "%sStage", api->name);
    return true;
}

static json_t *variables_cfn(const struct node *variables)
{
    if (!node_set(variables) || !variables->count)
        return NULL;
    json_t *all = json_object();
    for (size_t i = 0; i < variables->count; i++) {
        const struct node *value = variables->entries[i].value;
        json_object_set_new(all, variables->entries[i].key->name,
                            node_dynamic(value) ? cfn_value(value) : json_string(value->text));
    }
    return all;
}

static const char *cluster_size(const struct node *caching)
{
    return schema_on(caching) ? api_cache_size(caching) : NULL;
}

static void write_stage(struct api_writer *w)
{
    const struct api *api = w->api;
    const struct node *settings = api->settings, *stage = node_get(settings, "stage");
    const struct node *tracing = node_get(settings, "tracing");
    const char *size = cluster_size(node_get(settings, "caching"));
    const char *account = NULL;
    struct pos pos = node_set(stage) ? stage->pos : api->resource->key->pos;
    if (!api->stage_id)
        return;
    if (schema_flag(node_get(settings, "cloudwatch_role"), false))
        account = api_account_write(w);
    json_t *resource = json_pack(
        "{s:s, s:o*, s:{s:o*, s:o*, s:o*, s:o, s:o*, s:o*, s:o, s:o, s:o*, s:o*}}", "Type",
        "AWS::ApiGateway::Stage", "DependsOn", account ? json_pack("[s]", account) : NULL,
        "Properties", "AccessLogSetting",
        access_log_write(w->model, w->cfn, pos, api->name, node_get(settings, "access_logs"),
                         ACCESS_LOG_REST),
        "CacheClusterEnabled", size ? json_true() : NULL, "CacheClusterSize",
        size ? json_string(size) : NULL, "DeploymentId", cfn_ref(w->deployment_id), "Description",
        cfn_value(node_get(stage, "description")), "MethodSettings", api_method_settings_cfn(api),
        "RestApiId", cfn_ref(api->id), "StageName", api_stage_name(api->resource), "TracingEnabled",
        node_set(tracing) ? json_boolean(schema_flag(tracing, false)) : NULL, "Variables",
        variables_cfn(node_get(stage, "variables")));
    cfn_add(w->cfn, pos, api->stage_id, verbatim_merge(resource, stage));
}

const struct api_subject api_stage = {.fields = fields,
                                      .nfields = countof(fields),
                                      .method_fields = method_fields,
                                      .nmethod_fields = countof(method_fields),
                                      .read = read,
                                      .read_method = read_method,
                                      .finish = finish,
                                      .write_stage = write_stage};
