#include <string.h>
#include <strings.h>

#include "callers/iot.h"
#include "lambdas/invoke.h"
#include "lambdas/lambda.h"
#include "resources/model.h"
#include "resources/steps.h"
#include "resources/verbatim.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

/* Limits of AWS IoT (its quotas, "Rules engine", and its API Reference, "TopicRulePayload"). */
enum { SQL_MAX = 256 * 1024, LEVELS_MAX = 8 };

static const char *const versions[] = {"2016-03-23", "2015-10-08", "beta", NULL};

static const struct field rule_fields[] = {
    {"sql", FIELD_TEXT, .required = true},
    {"lambda", FIELD_NAME, .required = true},
    {"sql_version", FIELD_CHOICE, .choices = versions},
    {"description", FIELD_TEXT},
    {"enabled", FIELD_FLAG},
    {"error_action", FIELD_MAP},
    VERBATIM_FIELDS,
};

struct rule {
    const char *id; /* "{Name}TopicRule" */
    const struct lambda *lambda;
    const struct lambda *on_error; /* or NULL */
};

/* Actions in CloudFormation's words, and the properties that each needs, with blanks between them
 * (CloudFormation Template Reference, "AWS::IoT::TopicRule Action"). */
static const struct action {
    const char *name, *needs;
} actions[] = {
    {"CloudwatchAlarm", "AlarmName RoleArn StateReason StateValue"},
    {"CloudwatchLogs", "LogGroupName RoleArn"},
    {"CloudwatchMetric", "MetricName MetricNamespace MetricUnit MetricValue RoleArn"},
    {"DynamoDB", "HashKeyField HashKeyValue RoleArn TableName"},
    {"DynamoDBv2", "PutItem RoleArn"},
    {"Elasticsearch", "Endpoint Id Index RoleArn Type"},
    {"Firehose", "DeliveryStreamName RoleArn"},
    {"Http", "Url"},
    {"InfluxDB", "DatabaseName DestinationArn RoleArn TableName"},
    {"IotAnalytics", "ChannelName RoleArn"},
    {"IotEvents", "InputName RoleArn"},
    {"IotSiteWise", "PutAssetPropertyValueEntries RoleArn"},
    {"Kafka", "ClientProperties DestinationArn Topic"},
    {"Kinesis", "RoleArn StreamName"},
    {"Location", "DeviceId Latitude Longitude RoleArn TrackerName"},
    {"OpenSearch", "Endpoint Id Index RoleArn Type"},
    {"Republish", "RoleArn Topic"},
    {"S3", "BucketName Key RoleArn"},
    {"Sns", "RoleArn TargetArn"},
    {"Sqs", "QueueUrl RoleArn"},
    {"StepFunctions", "RoleArn StateMachineName"},
    {"Timestream", "DatabaseName Dimensions RoleArn TableName"},
};

/* Returns what follows the keyword FROM of the query itself, or NULL: not the one of a query within
 * parentheses, or of a text. */
static const char *after_from(const char *sql)
{
    char quote = 0;
    int depth = 0;
    for (const char *c = sql; *c; c++) {
        if (quote)
            quote = *c == quote ? 0 : quote;
        else if (*c == '\'' || *c == '"')
            quote = *c;
        else if (*c == '(' || *c == ')')
            depth += *c == '(' ? 1 : -1;
        else if (!depth && c > sql && strchr(" \t\n)'\"", c[-1]) &&
                 strncasecmp(c, "from", 4) == 0 && c[4] && strchr(" \t\n'\"", c[4]))
            return c + 4 + strspn(c + 4, " \t\n");
    }
    return NULL;
}

/* What is wrong with a topic filter of `len` characters, or NULL (MQTT 3.1.1, "Topic wildcards").
 */
static const char *topic_problem(const char *topic, size_t len)
{
    const char *end = topic + len, *next;
    int levels = 0;
    for (const char *level = topic; level <= end; level = next + 1) {
        next = memchr(level, '/', (size_t)(end - level));
        next = next ? next : end;
        bool all = memchr(level, '#', (size_t)(next - level));
        bool one = memchr(level, '+', (size_t)(next - level));
        if ((all || one) && next - level > 1)
            return "a wildcard, # or +, is a whole level between slashes";
        if (all && next < end)
            return "# stands for the rest of a topic, so it is last";
        levels++;
    }
    return levels > LEVELS_MAX ? "a topic has at most 7 slashes" : NULL;
}

static bool check_sql(const struct node *sql)
{
    if (node_dynamic(sql))
        return true;
    const char *text = sql->text + strspn(sql->text, " \t\n"), *topic = after_from(sql->text);
    if (strncasecmp(text, "select", 6) != 0 || !text[6] || !strchr(" \t\n*'\"", text[6]))
        return diag_error(EXIT_VALUE, sql->pos,
                          "sql is a query such as SELECT * FROM 'sensors/+/data', not '%s'",
                          sql->text);
    if (strlen(sql->text) > SQL_MAX)
        return diag_error(EXIT_VALUE, sql->pos, "sql has at most %d characters", SQL_MAX);
    if (!topic || (*topic != '\'' && *topic != '"'))
        return !topic || diag_error(EXIT_VALUE, sql->pos,
                                    "FROM takes a topic in quotes, as in FROM 'sensors/+/data'");
    const char *end = strchr(topic + 1, *topic);
    const char *problem = end ? topic_problem(topic + 1, (size_t)(end - topic - 1))
                              : "the quote behind FROM has no end";
    return !problem || diag_error(EXIT_VALUE, sql->pos, "AWS IoT refuses this query: %s", problem);
}

static bool check_action(const struct node *key, const struct node *value)
{
    const char *names[countof(actions)];
    size_t i = 0;
    bool ok = true;
    for (; i < countof(actions) && strcmp(actions[i].name, key->text) != 0; i++)
        names[i] = actions[i].name;
    if (i == countof(actions)) {
        const char *near = str_nearest(key->text, names, countof(names));
        return diag_error(EXIT_RESOURCE, key->pos,
                          near ? "'%s' is no action of AWS IoT; did you mean '%s'?"
                               : "'%s' is no action: write lambda, or an action in "
                                 "CloudFormation's words, as in Sqs: {QueueUrl: ..., RoleArn: ...}",
                          key->text, near);
    }
    if (value->kind != NODE_MAP)
        return diag_error(EXIT_VALUE, node_set(value) ? value->pos : key->pos,
                          "%s is a map with %s, not %s", key->text, actions[i].needs,
                          node_kind_words(value));
    struct arena *arena = arena_new();
    char *rest = arena_strdup(arena, actions[i].needs);
    for (char *name; !function_is(value) && (name = strtok_r(rest, " ", &rest));)
        if (!node_set(node_get(value, name)))
            ok = diag_error(EXIT_REQUIRED, key->pos, "%s needs %s", key->text, name);
    arena_free(arena);
    return ok;
}

/* One action: {lambda: <name>}, or in CloudFormation's words, as {Sqs: {QueueUrl, RoleArn}}. */
static bool read_error_action(const struct model *model, const struct node *action,
                              struct rule *rule)
{
    if (!node_set(action) || node_dynamic(action))
        return true;
    if (action->count != 1)
        return diag_error(
            EXIT_VALUE, action->pos,
            "error_action is one action: {lambda: <name>}, or one in CloudFormation's "
            "words, such as {Sqs: {QueueUrl: ..., RoleArn: ...}}");
    const struct node *key = action->entries[0].key, *value = action->entries[0].value;
    if (strcmp(key->text, "lambda") == 0) {
        rule->on_error = lambda_find(model, value);
        return rule->on_error;
    }
    return check_action(key, value);
}

static bool rule_read(struct model *model, struct resource *resource)
{
    struct rule *rule = arena_alloc(model->arena, sizeof *rule);
    const struct node *settings = resource->settings;
    resource->data = rule;
    if (!schema_check(rule_fields, countof(rule_fields), settings, resource->key, "an IoT rule"))
        return false;
    const char *name = resource_app_id(model, resource);
    if (!name)
        return false;
    rule->id = arena_printf(model->arena, "%sTopicRule", name);
    rule->lambda = lambda_find(model, node_get(settings, "lambda"));
    bool ok = verbatim_check(settings);
    ok = check_sql(node_get(settings, "sql")) && ok;
    return read_error_action(model, node_get(settings, "error_action"), rule) && rule->lambda && ok;
}

/* clang-format off */
static json_t *lambda_action(const struct lambda *lambda)
{
    return json_pack("{s:{s:o}}", "Lambda", "FunctionArn", lambda_alias(lambda));
}

static json_t *rule_cfn(const struct resource *resource)
{
    const struct node *settings = resource->settings;
    const struct node *version = node_get(settings, "sql_version");
    const struct rule *rule = resource->data;
    return json_pack("{s:s, s:{s:{s:[o], s:o*, s:o*, s:o*, s:b, s:o}}}",
        "Type", "AWS::IoT::TopicRule",
        "Properties", "TopicRulePayload",
            "Actions", lambda_action(rule->lambda),
            "AwsIotSqlVersion", node_set(version) ? cfn_choice(version, versions) : NULL,
            "Description", cfn_value(node_get(settings, "description")),
            "ErrorAction", rule->on_error ? lambda_action(rule->on_error)
                                          : cfn_value(node_get(settings, "error_action")),
            "RuleDisabled", !schema_flag(node_get(settings, "enabled"), true),
            "Sql", cfn_value(node_get(settings, "sql")));
}
/* clang-format on */

static void permit(const struct model *model, const struct resource *resource, struct cfn *cfn,
                   const struct lambda *lambda, const char *suffix)
{
    const struct rule *rule = resource->data;
    json_t *arn = cfn_sub(arena_printf(model->arena,
                                       "arn:${AWS::Partition}:iot:${AWS::Region}:"
                                       "${AWS::AccountId}:rule/${%s}",
                                       rule->id));
    cfn_add(cfn, resource->key->pos, arena_printf(model->arena, "%s%s", rule->id, suffix),
            invoke_permission_here(lambda, "iot.amazonaws.com", arn));
}

static void rule_write(const struct model *model, const struct resource *resource,
                       struct steps *steps)
{
    const struct rule *rule = resource->data;
    struct cfn *cfn = &steps->cfn[STEP_RESOURCES];
    cfn_add(cfn, resource->key->pos, rule->id,
            verbatim_merge(rule_cfn(resource), resource->settings));
    permit(model, resource, cfn, rule->lambda, "Permission");
    if (rule->on_error && rule->on_error != rule->lambda)
        permit(model, resource, cfn, rule->on_error, "ErrorPermission");
}

const struct kind iot_kind = {"iot", .read = rule_read, .write = rule_write};
