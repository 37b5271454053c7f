/* protocol.h - the protocols of parameter values, "ssm://name": their names, and whether their
 * values are secret. parameters/lookup.h fetches the values. */
#ifndef SETTINGS_PROTOCOL_H
#define SETTINGS_PROTOCOL_H
#include <stdbool.h>

enum protocol {
    PROTOCOL_ENV,
    PROTOCOL_FILE,
    PROTOCOL_ENVDIR,
    PROTOCOL_SSM,
    PROTOCOL_SECRETSMANAGER,
    PROTOCOL_VAULT,
    PROTOCOL_DYNAMODB_STARTSWITH,
    PROTOCOL_DYNAMODB_ENDSWITH,
    PROTOCOL_DYNAMODB_MATCH,
    PROTOCOL_DYNAMODB_STREAM_STARTSWITH,
    PROTOCOL_DYNAMODB_STREAM_ENDSWITH,
    PROTOCOL_DYNAMODB_STREAM_MATCH,
    PROTOCOL_KINESIS_STARTSWITH,
    PROTOCOL_KINESIS_ENDSWITH,
    PROTOCOL_KINESIS_MATCH,
    PROTOCOL_COUNT
};

/* Who may see a value. `env` is only masked, because it also holds plain configuration, such as the
 * name of a stage's bucket, which outputs show. */
enum privacy {
    PRIVACY_OPEN,
    PRIVACY_MASKED, /* no message shows it */
    PRIVACY_SECRET, /* no message shows it, and the stack hides it too (NoEcho) */
};

/* Returns the protocol of this name, without "://"; PROTOCOL_COUNT if there is none. */
enum protocol protocol_named(const char *name);
/* Returns the privacy of its values; `protocol` must not be PROTOCOL_COUNT. */
enum privacy protocol_privacy(enum protocol protocol);
/* Whether there is a protocol of this name whose values are PRIVACY_SECRET. */
bool protocol_secret(const char *name);

#endif
