#include <string.h>

#include "base/util.h"
#include "lambdas/use_kind.h"
#include "resources/arn.h"

#define HERE "${AWS::Region}:${AWS::AccountId}"

/* clang-format off */

/* Actions and the resources that they have are those of the Service Authorization Reference,
 * "Actions, resources, and condition keys for ..." of each service. The actions of KMS are those
 * that the service's own guide wants of its callers: DynamoDB Developer Guide, "DynamoDB encryption
 * at rest: usage notes"; Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys";
 * SQS Developer Guide, "Key management"; SNS Developer Guide, "Managing encryption keys and costs";
 * Kinesis Data Streams Developer Guide, "Permissions to use user-generated KMS keys"; Secrets
 * Manager User Guide, "Secret encryption and decryption"; Systems Manager User Guide, "How
 * Parameter Store uses AWS KMS". */
static const struct use_kind kinds[] = {
    {"table", "a table", "dynamodb", HERE, "table/", "._-", USE_NAME, "KMSMasterKeyId",
     {"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"},
     {{"read",
       {{"", {"BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "PartiQLSelect", "Query", "Scan"}},
        {"/index/*", {"PartiQLSelect", "Query", "Scan"}}},
       {"Decrypt", "DescribeKey"}},
      {"write",
       {{"", {"BatchWriteItem", "DeleteItem", "DescribeTable", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate",
              "PutItem", "UpdateItem"}}},
       {"Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"}},
      {"stream",
       {{"", {"DescribeTable"}},
        {"/stream/*", {"DescribeStream", "GetRecords", "GetShardIterator"}},
        {USE_ANYTHING, {"ListStreams"}}},
       {"Decrypt", "DescribeKey"}}}},
    {"bucket", "a bucket", "s3", ":", "", ".-", USE_NAME, "KMSMasterKeyID",
     {"AWS::S3::Bucket"},
     {{"read",
       {{"", {"GetBucketLocation", "ListBucket"}},
        {"/*", {"GetObject", "GetObjectTagging", "GetObjectVersion"}}},
       {"Decrypt"}},
      {"write",
       {{"/*", {"AbortMultipartUpload", "DeleteObject", "ListMultipartUploadParts", "PutObject",
                "PutObjectTagging"}}},
       {"Decrypt", "GenerateDataKey"}}}},
    {"queue", "a queue", "sqs", HERE, "", "._-", USE_URL, "KmsMasterKeyId",
     {"AWS::SQS::Queue"},
     {{"send",
       {{"", {"GetQueueAttributes", "GetQueueUrl", "SendMessage"}}},
       {"Decrypt", "GenerateDataKey"}},
      {"receive",
       {{"", {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage"}}},
       {"Decrypt"}}}},
    {"topic", "a topic", "sns", HERE, "", "._-", USE_ARN, "KmsMasterKeyId",
     {"AWS::SNS::Topic"},
     {{"publish", {{"", {"Publish"}}}, {"Decrypt", "GenerateDataKey"}}}},
    {"bus", "an event bus", "events", HERE, "event-bus/", "._-/", USE_GIVEN, NULL,
     {"AWS::Events::EventBus"},
     {{"put", {{"", {"PutEvents"}}}, {NULL}}}},
    {"stream", "a stream of Kinesis", "kinesis", HERE, "stream/", "._-", USE_NAME, "KeyId",
     {"AWS::Kinesis::Stream"},
     {{"read",
       {{"", {"DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"}}},
       {"Decrypt"}},
      {"write", {{"", {"DescribeStreamSummary", "ListShards", "PutRecord", "PutRecords"}}}, {"GenerateDataKey"}}}},
    {"firehose", "a stream of Firehose", "firehose", HERE, "deliverystream/", "._-", USE_NAME, NULL,
     {"AWS::KinesisFirehose::DeliveryStream"},
     {{"write", {{"", {"PutRecord", "PutRecordBatch"}}}, {NULL}}}},
    {"secret", "a secret", "secretsmanager", HERE, "secret:", "/_+=.@-", USE_GIVEN, "KmsKeyId",
     {"AWS::SecretsManager::Secret"},
     {{"read", {{"", {"DescribeSecret", "GetSecretValue"}}}, {"Decrypt"}}}},
    {"parameter", "a parameter of SSM", "ssm", HERE, "parameter/", "._-/", USE_GIVEN, NULL,
     {"AWS::SSM::Parameter"},
     {{"read", {{"", {"GetParameter", "GetParameters"}}}, {"Decrypt"}}}},
    {"key", "a key of KMS", "kms", HERE, "key/", "-", USE_GIVEN, NULL,
     {"AWS::KMS::Key", "AWS::KMS::ReplicaKey"},
     {{"encrypt", {{"", {"DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"}}}, {NULL}},
      {"decrypt", {{"", {"Decrypt", "DescribeKey"}}}, {NULL}}}},
    {"state-machine", "a state machine", "states", HERE, "stateMachine:", "._-:", USE_ARN, NULL,
     {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"},
     {{"start", {{"", {"StartExecution", "StartSyncExecution"}}}, {NULL}}}},
    {"lambda", "a lambda", "lambda", HERE, "function:", "-_:$", USE_GIVEN, NULL,
     {"AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Serverless::Function"},
     {{"invoke", {{"", {"InvokeFunction"}}}, {NULL}}}},
    {USE_API, "an API", "execute-api", HERE, "", "", USE_NAME, NULL,
     {"AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi", "AWS::Serverless::HttpApi", "AWS::Serverless::Api",
      "AWS::Serverless::WebSocketApi"},
     {{"call", {{"/*", {"Invoke"}}}, {NULL}},
      {USE_CONNECTIONS, {{"/*/*/@connections/*", {"ManageConnections"}}}, {NULL}}}},
};
/* clang-format on */

const struct use_kind *use_kinds(size_t *n)
{
    *n = countof(kinds);
    return kinds;
}

const struct use_kind *use_kind_named(const char *name)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

const struct use_kind *use_kind_of_type(const char *type)
{
    for (size_t i = 0; i < countof(kinds); i++)
        for (size_t t = 0; t < USE_TYPES_MAX && kinds[i].types[t]; t++)
            if (strcmp(kinds[i].types[t], type) == 0)
                return &kinds[i];
    return NULL;
}

/* Names of parameters may begin with '/', which their ARNs have once: parameter/a/b. */
const char *use_kind_arn_name(const struct use_kind *kind, const char *arn)
{
    const char *resource = arn_resource(arn, kind->service);
    size_t len = strlen(kind->resource);
    if (!resource || strncmp(resource, kind->resource, len) != 0)
        return NULL;
    const char *name = resource + len;
    bool path = strcmp(kind->service, "ssm") == 0 && strchr(name, '/');
    return path ? name - 1 : name;
}

const struct use_kind *use_kind_of_arn(const char *arn)
{
    for (size_t i = 0; i < countof(kinds); i++)
        if (use_kind_arn_name(&kinds[i], arn))
            return &kinds[i];
    return NULL;
}

const struct use_access *use_access_named(const struct use_kind *kind, const char *name)
{
    for (size_t i = 0; i < USE_ACCESSES_MAX && kind->accesses[i].name; i++)
        if (strcmp(kind->accesses[i].name, name) == 0)
            return &kind->accesses[i];
    return NULL;
}

bool use_kind_reads_and_writes(const struct use_kind *kind)
{
    return use_access_named(kind, "read") && use_access_named(kind, "write");
}

static void add_word(struct buf *words, const char *word, bool last)
{
    buf_printf(words, "%s%s", !words->len ? "" : last ? " or " : ", ", word);
}

const char *use_kinds_words(struct arena *arena)
{
    struct buf words = {0};
    for (size_t i = 0; i < countof(kinds); i++)
        add_word(&words, kinds[i].name, i + 1 == countof(kinds));
    return buf_text(arena, &words);
}

const char *use_accesses_words(struct arena *arena, const struct use_kind *kind)
{
    struct buf words = {0};
    bool both = use_kind_reads_and_writes(kind);
    for (size_t i = 0; i < USE_ACCESSES_MAX && kind->accesses[i].name; i++) {
        bool last = i + 1 == USE_ACCESSES_MAX || !kind->accesses[i + 1].name;
        add_word(&words, kind->accesses[i].name, last && !both);
    }
    if (both)
        add_word(&words, USE_READ_WRITE, true);
    return buf_text(arena, &words);
}
