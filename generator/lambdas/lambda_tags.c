#include "lambdas/lambda_tags.h"
#include "base/util.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_logs.h"
#include "resources/model.h"
#include "resources/tags.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

static const struct field fields[] = {{"tags", FIELD_MAP}};

static bool check(const struct model *model, const struct lambda *lambda)
{
    return tags_check(
        tags_merged(model->arena, model->project, node_get(lambda->settings, "tags")));
}

/* A group that the settings name may be of several lambdas, so it has the project's tags only. */
static void write(struct lambda_parts *parts)
{
    const struct node *settings = parts->lambda->settings;
    struct arena *arena = parts->model->arena;
    const char *group = lambda_log_group_id(arena, parts->lambda);
    json_t *tags = tags_value(arena, parts->model->project, node_get(settings, "tags"));
    json_t *logs = node_set(node_get(settings, "log-group"))
                       ? NULL
                       : json_object_get(parts->cfn->resources, group);
    json_t *tagged[] = {parts->function, parts->role, logs};
    for (size_t i = 0; i < countof(tagged); i++)
        if (tagged[i])
            lambda_property(tagged[i], "Tags", json_deep_copy(tags));
    json_decref(tags);
}

const struct lambda_subject lambda_tags = {fields, countof(fields), .check = check, .write = write};
