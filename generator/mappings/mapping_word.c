#include "mappings/mapping_word.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "mappings/mapping_failure.h"
#include "mappings/mapping_filter.h"
#include "mappings/mapping_source.h"
#include "mappings/mapping_start.h"
#include "resources/arn.h"
#include "resources/model.h"
#include "resources/reference.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum {
    BATCH_DEFAULT = 100,
    BATCH_MAX = 10000,
    WINDOW_MAX = 300,
    TUMBLING_MAX = 900,
    RETRIES_MAX = 10000,
    AGE_MIN = 60,
    AGE_MAX = 604800,
    PARALLEL_MAX = 10,
    CONCURRENCY_MIN = 2,
    CONCURRENCY_MAX = 1000,
    POLLERS_MIN_MAX = 200,
    POLLERS_SQS_LEAST = 2,
    POLLERS_SQS_MAX = 10000,
    POLLERS_KAFKA_MAX = 2000,
    GROUP_MAX = 128,
};

enum {
    STREAMS = MAPPING_KINESIS | MAPPING_DYNAMODB,
    RETRIED = STREAMS | MAPPING_KAFKA,
    POSITIONED = RETRIED | MAPPING_DOCUMENTDB,
    POLLED = MAPPING_SQS | MAPPING_KAFKA,
    EACH = POSITIONED | MAPPING_SQS | MAPPING_MQ,
};

/* The names of the sources, in the order of their bits. */
static const char *const names[] = {"sqs", "kinesis", "dynamodb", "kafka", "mq", "documentdb"};

/* --- values ---------------------------------------------------------------------------------- */

static bool check_age(const struct model *model, const struct mapping *mapping,
                      const struct node *node)
{
    long age = schema_int(node, AGE_MIN);
    (void)model, (void)mapping;
    return age == -1 || age >= AGE_MIN ||
           diag_error(EXIT_VALUE, node->pos,
                      "max_age is %d to %d seconds, or -1 for no limit, not %ld", AGE_MIN, AGE_MAX,
                      age);
}

static bool check_key(const struct model *model, const struct mapping *mapping,
                      const struct node *node)
{
    static const char *const types[] = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey", NULL};
    (void)mapping;
    return mapping_arn_check(model, node, "kms_key", types, "a key of KMS", "kms", "key/",
                             "key/<id>");
}

static const struct field sqs_pollers[] = {
    {"min", FIELD_INT, .min = POLLERS_SQS_LEAST, .max = POLLERS_MIN_MAX},
    {"max", FIELD_INT, .min = POLLERS_SQS_LEAST, .max = POLLERS_SQS_MAX},
};
static const struct field kafka_pollers[] = {
    {"min", FIELD_INT, .min = 1, .max = POLLERS_MIN_MAX},
    {"max", FIELD_INT, .min = 1, .max = POLLERS_KAFKA_MAX},
    {"group", FIELD_TEXT},
};

static bool check_pollers(const struct model *model, const struct mapping *mapping,
                          const struct node *node)
{
    bool sqs = mapping->source->bit == MAPPING_SQS;
    (void)model;
    if (!schema_check_set(sqs ? sqs_pollers : kafka_pollers,
                          sqs ? countof(sqs_pollers) : countof(kafka_pollers), node,
                          sqs ? "the pollers of a queue" : "the pollers of Kafka"))
        return false;
    const struct node *group = node_get(node, "group"), *least = node_get(node, "min");
    if (node_text(group) && !node_dynamic(group) &&
        (!str_is_made_of(group->text, STR_ALNUM "-_") || strlen(group->text) > GROUP_MAX))
        return diag_error(EXIT_VALUE, group->pos,
                          "a group of pollers has 1 to %d letters, digits, - and _, not '%s'",
                          GROUP_MAX, group->text);
    return schema_int(least, 1) <= schema_int(node_get(node, "max"), POLLERS_SQS_MAX) ||
           diag_error(EXIT_RESOURCE, least->pos, "the least number of pollers is above 'max'");
}

static const char *const metrics_of_kafka[] = {"EventCount", "ErrorCount", "KafkaMetrics", NULL};
static const char *const metrics_of_others[] = {"EventCount", NULL};

static bool is_list_of_metrics(const struct node *node)
{
    return node->kind == NODE_LIST || (node->kind == NODE_STRING && !node_dynamic(node));
}

/* True, or one metric or several. */
static bool check_metrics(const struct model *model, const struct mapping *mapping,
                          const struct node *node)
{
    bool kafka = mapping->source->bit == MAPPING_KAFKA, ok = true;
    const char *const *known = kafka ? metrics_of_kafka : metrics_of_others;
    (void)model;
    if (node->kind == NODE_BOOL)
        return true;
    for (size_t i = 0; is_list_of_metrics(node) && i < node_items(node); i++)
        if (!schema_choice(node_item(node, i), known))
            ok = diag_error(EXIT_VALUE, node_item(node, i)->pos, "metrics are %s, not %s",
                            kafka ? "EventCount, ErrorCount and KafkaMetrics" : "EventCount",
                            node_words(model->arena, node_item(node, i)));
    return is_list_of_metrics(node)
               ? ok
               : diag_error(EXIT_VALUE, node->pos, "metrics is true, or a list of metrics, not %s",
                            node_kind_words(node));
}

static json_t *flag(const struct model *model, const struct node *node)
{
    (void)model;
    return json_boolean(schema_flag(node, true));
}

static json_t *number(const struct model *model, const struct node *node)
{
    (void)model;
    return cfn_int(node);
}

static json_t *report(const struct model *model, const struct node *node)
{
    (void)model;
    return schema_flag(node, false) ? json_pack("[s]", "ReportBatchItemFailures") : NULL;
}

static json_t *concurrency(const struct model *model, const struct node *node)
{
    (void)model;
    return json_pack("{s:o}", "MaximumConcurrency", cfn_int(node));
}

/* clang-format off */
static json_t *pollers(const struct model *model, const struct node *node)
{
    (void)model;
    return json_pack("{s:o*, s:o*, s:o*}",
        "MinimumPollers", cfn_optional_int(node_get(node, "min")),
        "MaximumPollers", cfn_optional_int(node_get(node, "max")),
        "PollerGroupName", cfn_value(node_get(node, "group")));
}
/* clang-format on */

static json_t *metrics(const struct model *model, const struct node *node)
{
    json_t *list = json_array();
    (void)model;
    if (node->kind == NODE_BOOL && node->boolean)
        json_array_append_new(list, json_string(metrics_of_others[0]));
    for (size_t i = 0; node->kind != NODE_BOOL && i < node_items(node); i++)
        cfn_add_once(list, json_string(schema_choice(node_item(node, i), metrics_of_kafka)));
    if (json_array_size(list))
        return json_pack("{s:o}", "Metrics", list);
    json_decref(list);
    return NULL;
}

static json_t *arn(const struct model *model, const struct node *node)
{
    return reference_value(model, node, WANT_ARN);
}

static const char *const levels[] = {"DEBUG", "INFO", "WARN", NULL};

static json_t *level(const struct model *model, const struct node *node)
{
    (void)model;
    return json_pack("{s:o}", "SystemLogLevel", cfn_choice(node, levels));
}

/* --- the table ------------------------------------------------------------------------------- */

static const struct word {
    struct field field;
    unsigned sources;     /* that have the word */
    const char *property; /* that it becomes; NULL: it is read elsewhere */
    json_t *(*value)(const struct model *model, const struct node *node);
    bool (*check)(const struct model *model, const struct mapping *mapping,
                  const struct node *node);
    bool provisioned; /* Kafka has it in provisioned mode only */
} words[] = {
    {{"starting_position", FIELD_TEXT, .required = true},
     POSITIONED,
     "StartingPosition",
     mapping_start_position,
     mapping_start_check},
    {{"starting_position_timestamp", FIELD_ANY},
     POSITIONED & ~MAPPING_DYNAMODB,
     "StartingPositionTimestamp",
     mapping_start_time,
     mapping_start_time_check},
    {{"batch_size", FIELD_INT, .min = 1, .max = BATCH_MAX, .unit = "records"},
     EACH,
     "BatchSize",
     number},
    {{"batching_window", FIELD_INT, .max = WINDOW_MAX, .unit = "seconds"},
     EACH,
     "MaximumBatchingWindowInSeconds",
     number},
    {{"tumbling_window", FIELD_INT, .max = TUMBLING_MAX, .unit = "seconds"},
     STREAMS,
     "TumblingWindowInSeconds",
     number},
    {{"filters", FIELD_ANY}, EACH, "FilterCriteria", mapping_filters, mapping_filters_check},
    {{"report_failures", FIELD_FLAG},
     RETRIED | MAPPING_SQS,
     "FunctionResponseTypes",
     report,
     .provisioned = true},
    {{"retries", FIELD_INT, .min = -1, .max = RETRIES_MAX},
     RETRIED,
     "MaximumRetryAttempts",
     number,
     .provisioned = true},
    {{"max_age", FIELD_INT, .min = -1, .max = AGE_MAX, .unit = "seconds"},
     RETRIED,
     "MaximumRecordAgeInSeconds",
     number,
     check_age,
     .provisioned = true},
    {{"bisect", FIELD_FLAG}, RETRIED, "BisectBatchOnFunctionError", flag, .provisioned = true},
    {{"parallelization", FIELD_INT, .min = 1, .max = PARALLEL_MAX, .unit = "batches"},
     STREAMS,
     "ParallelizationFactor",
     number},
    {{"on_failure", FIELD_ANY},
     RETRIED,
     "DestinationConfig",
     mapping_failure_value,
     mapping_failure_check},
    {{"max_concurrency", FIELD_INT, .min = CONCURRENCY_MIN, .max = CONCURRENCY_MAX},
     MAPPING_SQS,
     "ScalingConfig",
     concurrency},
    {{"pollers", FIELD_MAP}, POLLED, "ProvisionedPollerConfig", pollers, check_pollers},
    {{"metrics", FIELD_ANY},
     RETRIED | MAPPING_SQS,
     "MetricsConfig",
     metrics,
     check_metrics,
     .provisioned = true},
    {{"system_log_level", FIELD_CHOICE, .choices = levels},
     MAPPING_KAFKA,
     "LoggingConfig",
     level,
     .provisioned = true},
    {{"kms_key", FIELD_TEXT}, EACH, "KmsKeyArn", arn, check_key},
    {{"enabled", FIELD_FLAG}, EACH, "Enabled", flag},
};

enum { FIELDS_MAX = 40 };

static const struct field common[] = {
    {"lambda", FIELD_NAME, .required = true},
    VERBATIM_FIELDS,
};

/* "kinesis, dynamodb and kafka", of bits. */
static const char *sources_words(struct arena *arena, unsigned sources)
{
    const char *all = "";
    for (size_t i = 0; i < countof(names); i++) {
        bool last = sources >> i == 1;
        if (sources >> i & 1)
            all = arena_printf(arena, "%s%s%s", all, !*all ? "" : last ? " and " : ", ", names[i]);
    }
    return all;
}

/* Reports a word of other sources. Returns it as a field that schema_check lets pass. */
static struct field of_others(const struct model *model, const struct mapping *mapping,
                              const struct word *word, bool *ok)
{
    const struct node *settings = mapping->settings;
    for (size_t i = 0; settings && settings->kind == NODE_MAP && i < settings->count; i++)
        if (strcmp(settings->entries[i].key->text, word->field.key) == 0)
            *ok = diag_error(EXIT_RESOURCE, settings->entries[i].key->pos,
                             "Lambda has '%s' for %s, not for %s", word->field.key,
                             sources_words(model->arena, word->sources),
                             sources_words(model->arena, mapping->source->bit));
    return (struct field){word->field.key, FIELD_ANY};
}

bool mapping_words_check(const struct model *model, const struct mapping *mapping)
{
    const struct mapping_source *source = mapping->source;
    struct field fields[FIELDS_MAX];
    size_t n = 0;
    bool ok = true;
    if (countof(common) + source->nfields + countof(words) > FIELDS_MAX)
        fatal("the settings of %s are more than %d", source->what, FIELDS_MAX);
    for (size_t i = 0; i < countof(common); i++)
        fields[n++] = common[i];
    for (size_t i = 0; i < source->nfields; i++)
        fields[n++] = source->fields[i];
    for (size_t i = 0; i < countof(words); i++)
        fields[n++] = words[i].sources & source->bit ? words[i].field
                                                     : of_others(model, mapping, &words[i], &ok);
    return schema_check(fields, n, mapping->settings, mapping->resource->key, source->what) && ok;
}

static void warn_provisioned(const struct mapping *mapping, const struct word *word,
                             const struct node *node)
{
    if (word->provisioned && mapping->source->bit == MAPPING_KAFKA &&
        !node_set(node_get(mapping->settings, "pollers")))
        diag_warning(node->pos,
                     "for Kafka, Lambda has '%s' only in provisioned mode; set 'pollers', as in "
                     "pollers: {min: 1}",
                     word->field.key);
}

bool mapping_values_check(const struct model *model, const struct mapping *mapping)
{
    bool ok = true;
    for (size_t i = 0; i < countof(words); i++) {
        const struct node *node = node_get(mapping->settings, words[i].field.key);
        if (!node_set(node) || !(words[i].sources & mapping->source->bit))
            continue;
        warn_provisioned(mapping, &words[i], node);
        ok = (!words[i].check || words[i].check(model, mapping, node)) && ok;
    }
    return ok;
}

void mapping_words_write(const struct model *model, const struct mapping *mapping,
                         json_t *properties)
{
    if (mapping->source->legacy) {
        json_object_set_new(properties, "BatchSize", json_integer(BATCH_DEFAULT));
        json_object_set_new(properties, "Enabled", json_true());
    }
    for (size_t i = 0; i < countof(words); i++) {
        const struct node *node = node_get(mapping->settings, words[i].field.key);
        json_t *value = node_set(node) && words[i].property ? words[i].value(model, node) : NULL;
        if (value)
            json_object_set_new(properties, words[i].property, value);
    }
}

bool mapping_arn_check(const struct model *model, const struct node *node, const char *key,
                       const char *const *types, const char *what, const char *service,
                       const char *prefix, const char *form)
{
    if (node_dynamic(node))
        return reference_check(model, node, types, what);
    const char *resource = arn_resource(node->text, service);
    return (resource && str_starts(resource, prefix) && resource[strlen(prefix)]) ||
           diag_error(EXIT_VALUE, node->pos,
                      "%s must be a ref or the ARN of %s, arn:aws:%s:<region>:<account>:%s", key,
                      what, service, form);
}
