#include <assert.h>
#include <string.h>

#include "base/util.h"
#include "settings/protocol.h"

static const struct {
    const char *name;
    enum privacy privacy;
} protocols[] = {
    [PROTOCOL_ENV] = {"env", PRIVACY_MASKED},
    [PROTOCOL_FILE] = {"file", PRIVACY_SECRET},
    [PROTOCOL_ENVDIR] = {"envdir", PRIVACY_SECRET},
    [PROTOCOL_SSM] = {"ssm", PRIVACY_SECRET},
    [PROTOCOL_SECRETSMANAGER] = {"secretsmanager", PRIVACY_SECRET},
    [PROTOCOL_VAULT] = {"vault", PRIVACY_SECRET},
    [PROTOCOL_DYNAMODB_STARTSWITH] = {"dynamodb-startswith"},
    [PROTOCOL_DYNAMODB_ENDSWITH] = {"dynamodb-endswith"},
    [PROTOCOL_DYNAMODB_MATCH] = {"dynamodb-match"},
    [PROTOCOL_DYNAMODB_STREAM_STARTSWITH] = {"dynamodb-stream-startswith"},
    [PROTOCOL_DYNAMODB_STREAM_ENDSWITH] = {"dynamodb-stream-endswith"},
    [PROTOCOL_DYNAMODB_STREAM_MATCH] = {"dynamodb-stream-match"},
    [PROTOCOL_KINESIS_STARTSWITH] = {"kinesis-startswith"},
    [PROTOCOL_KINESIS_ENDSWITH] = {"kinesis-endswith"},
    [PROTOCOL_KINESIS_MATCH] = {"kinesis-match"},
};
static_assert(countof(protocols) == PROTOCOL_COUNT, "every protocol has its name");

enum protocol protocol_named(const char *name)
{
    enum protocol protocol = 0;
    while (protocol < PROTOCOL_COUNT && strcmp(protocols[protocol].name, name) != 0)
        protocol++;
    return protocol;
}

enum privacy protocol_privacy(enum protocol protocol)
{
    return protocols[protocol].privacy;
}

bool protocol_secret(const char *name)
{
    enum protocol protocol = protocol_named(name);
    return protocol != PROTOCOL_COUNT && protocol_privacy(protocol) == PRIVACY_SECRET;
}
