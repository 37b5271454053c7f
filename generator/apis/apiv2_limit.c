#include "apis/apiv2_limit.h"
#include "apis/throttling.h"
#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

const char *const apiv2_log_levels[] = {"OFF", "ERROR", "INFO", NULL};

bool apiv2_limits_check(const struct node *settings)
{
    return throttling_check(node_get(settings, "throttling"));
}

json_t *apiv2_limits(const struct node *settings)
{
    const struct node *metrics = node_get(settings, "metrics");
    const struct node *logging = node_get(settings, "logging");
    const struct node *trace = node_get(settings, "data_trace");
    json_t *found = json_object();
    throttling_write(found, "Throttling", node_get(settings, "throttling"));
    if (node_set(metrics))
        json_object_set_new(found, "DetailedMetricsEnabled",
                            json_boolean(schema_flag(metrics, false)));
    if (node_set(logging))
        json_object_set_new(found, "LoggingLevel", cfn_choice(logging, apiv2_log_levels));
    if (node_set(trace))
        json_object_set_new(found, "DataTraceEnabled", json_boolean(schema_flag(trace, false)));
    if (json_object_size(found))
        return found;
    json_decref(found);
    return NULL;
}
