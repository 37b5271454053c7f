#include <assert.h>
#include <string.h>

#include "apis/apiv2_service.h"
#include "base/util.h"
#include "resources/arn.h"
#include "resources/reference.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

const char *const apiv2_services[] = {"AppConfig-GetConfiguration",
                                      "EventBridge-PutEvents",
                                      "Kinesis-PutRecord",
                                      "SQS-DeleteMessage",
                                      "SQS-PurgeQueue",
                                      "SQS-ReceiveMessage",
                                      "SQS-SendMessage",
                                      "StepFunctions-StartExecution",
                                      "StepFunctions-StartSyncExecution",
                                      "StepFunctions-StopExecution",
                                      NULL};

/* The parameters of each of them: those that it needs, and then others, NULL behind both. */
static const struct parameters {
    const char *needed[5], *others[10];
} parameters_of[] = {
    {{"Application", "ClientId", "Configuration", "Environment"}, {"ClientConfigurationVersion"}},
    {{"Detail", "DetailType", "Source"},
     {"EventBusName", "Region", "Resources", "Time", "TraceHeader"}},
    {{"Data", "PartitionKey", "StreamName"},
     {"ExplicitHashKey", "Region", "SequenceNumberForOrdering"}},
    {{"QueueUrl", "ReceiptHandle"}, {"Region"}},
    {{"QueueUrl"}, {"Region"}},
    {{"QueueUrl"},
     {"AttributeNames", "MaxNumberOfMessages", "MessageAttributeNames", "ReceiveRequestAttemptId",
      "Region", "VisibilityTimeout", "WaitTimeSeconds"}},
    {{"MessageBody", "QueueUrl"},
     {"DelaySeconds", "MessageAttributes", "MessageDeduplicationId", "MessageGroupId",
      "MessageSystemAttributes", "Region"}},
    {{"StateMachineArn"}, {"Input", "Name", "Region"}},
    {{"StateMachineArn"}, {"Input", "Name", "Region", "TraceHeader"}},
    {{"ExecutionArn"}, {"Cause", "Error", "Region"}},
};
static_assert(countof(parameters_of) + 1 == countof(apiv2_services), "each service has a row");

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

static bool check_parameters(const struct node *route, const struct parameters *known)
{
    const struct node *service = node_get(route, "service");
    const struct node *map = node_get(route, "parameters");
    bool ok = true;
    for (const char *const *name = known->needed; *name; name++)
        if (!node_set(node_get(map, *name)))
            ok = diag_error(EXIT_REQUIRED, service->pos, "%s needs %s in 'parameters'",
                            service->text, *name);
    for (size_t i = 0; node_set(map) && i < map->count; i++) {
        const struct node *key = map->entries[i].key;
        if (!is_one_of(key->text, known->needed) && !is_one_of(key->text, known->others))
            ok = diag_error(EXIT_VALUE, key->pos, "%s has no parameter '%s'", service->text,
                            key->text);
    }
    return ok;
}

static bool check_credentials(const struct model *model, const struct node *route)
{
    static const char *const types[] = {"AWS::IAM::Role", NULL};
    const struct node *role = node_get(route, "credentials");
    if (!node_set(role))
        return diag_error(EXIT_REQUIRED, node_get(route, "service")->pos,
                          "a service of AWS needs 'credentials': the ARN of a role that may call "
                          "it, which API Gateway assumes");
    if (node_dynamic(role))
        return reference_check(model, role, types, "a role");
    const char *resource = arn_resource(role->text, "iam");
    return (resource && str_starts(resource, "role/")) ||
           diag_error(EXIT_VALUE, role->pos, "credentials is the ARN of a role or a ref, not '%s'",
                      role->text);
}

bool apiv2_service_check(const struct model *model, const struct node *route)
{
    const struct node *service = node_get(route, "service");
    const char *name = schema_choice(service, apiv2_services);
    if (!name)
        return diag_error(EXIT_VALUE, service->pos,
                          "service is needed when building and cannot be a ref");
    size_t i = 0;
    while (strcmp(apiv2_services[i], name) != 0)
        i++;
    bool ok = check_parameters(route, &parameters_of[i]);
    return check_credentials(model, route) && ok;
}

/* clang-format off */
json_t *apiv2_service_cfn(const struct model *model, const struct node *route)
{
    return json_pack("{s:o, s:o, s:s, s:s, s:o*}",
        "CredentialsArn", reference_value(model, node_get(route, "credentials"), WANT_ARN),
        "IntegrationSubtype", cfn_choice(node_get(route, "service"), apiv2_services),
        "IntegrationType", "AWS_PROXY",
        "PayloadFormatVersion", "1.0",
        "RequestParameters", cfn_value(node_get(route, "parameters")));
}
/* clang-format on */
