#include <assert.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/file.h"
#include "base/mask.h"
#include "base/pattern.h"
#include "base/run.h"
#include "base/util.h"
#include "parameters/lookup.h"
#include "settings/node.h"
#include "settings/protocol.h"

struct request {
    struct aws *aws;
    struct arena *arena;
    const char *dir;
    const char *rest; /* after "://" */
    const struct node *node;
};

/* How a name in a list must match the parameter's text. */
enum match { STARTS, ENDS, MATCHES };

static const char *fail(const struct request *r, const char *what)
{
    diag_error(EXIT_OTHER, r->node->pos, "%s", what);
    return NULL;
}

static const char *aws_failed(const struct request *r)
{
    return fail(r, arena_printf(r->arena, "AWS did not return the value: %s", r->aws->error));
}

static const char *keep(const struct request *r, const json_t *text)
{
    const char *value = json_string_value(text);
    return value ? arena_strdup(r->arena, value) : NULL;
}

/* --- environment and files ---------------------------------------------------------------- */

static const char *from_env(const struct request *r, enum match match)
{
    const char *value = getenv(r->rest);
    (void)match;
    return value ? value
                 : fail(r, arena_printf(r->arena, "the environment variable '%s' is not set",
                                        r->rest));
}

static char *read_text(const struct request *r)
{
    size_t len;
    const char *path = path_join(r->arena, r->dir, r->rest);
    char *text = file_read_stream(r->arena, path, &len);
    if (!text)
        fail(r, arena_printf(r->arena, "%s cannot be read: %s", path, strerror(errno)));
    else if (strlen(text) != len)
        fail(r, arena_printf(r->arena, "%s contains a NUL byte, so it is not text", path));
    else
        return text;
    return NULL;
}

/* A file's text without the newline at its end, which editors add. */
static const char *from_file(const struct request *r, enum match match)
{
    char *text = read_text(r);
    (void)match;
    size_t len = text ? strlen(text) : 0;
    if (len && text[len - 1] == '\n')
        text[len - 1] = '\0';
    return text;
}

/* As daemontools' envdir reads a file: the first line, without spaces, tabs and CR at its end. */
static const char *from_envdir(const struct request *r, enum match match)
{
    char *text = read_text(r);
    (void)match;
    if (!text)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    for (size_t len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--)
        text[len - 1] = '\0';
    return text;
}

/* --- AWS: one of a list ------------------------------------------------------------------- */

static bool fits(enum match match, const char *name, const char *wanted, const regex_t *regex)
{
    if (match == STARTS)
        return str_starts(name, wanted);
    if (match == ENDS)
        return str_ends(name, wanted);
    int status = regexec(regex, name, 0, NULL, 0); /* anywhere in the name, as in Gordon 0.7 */
    if (status == REG_ESPACE)
        fatal_memory();
    return status == 0;
}

static const char *choose(const struct request *r, enum match match, const json_t *names,
                          const regex_t *regex)
{
    const char *found = NULL;
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)names, i, item) {
        const char *name = json_string_value(item);
        if (!name || !fits(match, name, r->rest, regex))
            continue;
        if (found) {
            diag_error(EXIT_SEVERAL_FOUND, r->node->pos, "several match '%s': %s and %s", r->rest,
                       found, name);
            return NULL;
        }
        found = name;
    }
    if (!found)
        diag_error(EXIT_NONE_FOUND, r->node->pos, "none in %s matches '%s'", r->aws->region,
                   r->rest);
    return found;
}

/* The name in a list from AWS that matches; none or several are an error. */
static const char *one_of_list(const struct request *r, enum match match, const char *service,
                               const char *operation, const char *key)
{
    regex_t regex;
    const char *problem;
    str_use_unicode(); /* '.' matches a character, not a byte */
    const char *pattern = match == MATCHES ? pattern_posix(r->arena, r->rest, &problem) : NULL;
    if (match == MATCHES && !pattern)
        return fail(r, problem);
    int status = pattern ? regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) : 0;
    if (status == REG_ESPACE)
        fatal_memory();
    if (status != 0)
        return fail(r, PATTERN_UNKNOWN);
    json_t *answer = aws_call(r->aws, service, operation, json_object());
    const char *found =
        answer ? choose(r, match, json_object_get(answer, key), &regex) : aws_failed(r);
    found = found ? arena_strdup(r->arena, found) : NULL;
    if (match == MATCHES)
        regfree(&regex);
    json_decref(answer);
    return found;
}

static const char *from_dynamodb(const struct request *r, enum match match)
{
    return one_of_list(r, match, "dynamodb", "list-tables", "TableNames");
}

static const char *from_kinesis(const struct request *r, enum match match)
{
    return one_of_list(r, match, "kinesis", "list-streams", "StreamNames");
}

static const char *from_dynamodb_stream(const struct request *r, enum match match)
{
    const char *table = from_dynamodb(r, match);
    if (!table)
        return NULL;
    json_t *answer =
        aws_call(r->aws, "dynamodb", "describe-table", json_pack("{s:s}", "TableName", table));
    const char *arn = keep(r, json_object_get(json_object_get(answer, "Table"), "LatestStreamArn"));
    if (!answer)
        aws_failed(r);
    else if (!arn)
        diag_error(EXIT_NONE_FOUND, r->node->pos, "the table '%s' has no stream", table);
    json_decref(answer);
    return arn;
}

/* --- secrets ------------------------------------------------------------------------------ */

static const char *from_ssm(const struct request *r, enum match match)
{
    json_t *answer = aws_call(r->aws, "ssm", "get-parameter",
                              json_pack("{s:s, s:b}", "Name", r->rest, "WithDecryption", 1));
    const char *value = keep(r, json_object_get(json_object_get(answer, "Parameter"), "Value"));
    (void)match;
    if (!answer)
        aws_failed(r);
    else if (!value)
        fail(r, "AWS answered without a value");
    json_decref(answer);
    return value;
}

/* Splits "id#key" at the last '#'; *key is NULL if there is none. */
static const char *split_key(const struct request *r, const char **key)
{
    const char *hash = strrchr(r->rest, '#');
    *key = hash ? hash + 1 : NULL;
    return hash ? arena_strndup(r->arena, r->rest, (size_t)(hash - r->rest)) : r->rest;
}

/* The value of a key; a value that is not text is written as JSON. */
static const char *value_of_key(const struct request *r, const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (json_is_string(value))
        return keep(r, value);
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *kept = text ? arena_strdup(r->arena, text) : NULL;
    free(text);
    if (!kept)
        diag_error(EXIT_NONE_FOUND, r->node->pos, "this secret has no key '%s'", key);
    return kept;
}

static const char *from_secretsmanager(const struct request *r, enum match match)
{
    const char *key, *id = split_key(r, &key), *value = NULL;
    json_t *answer =
        aws_call(r->aws, "secretsmanager", "get-secret-value", json_pack("{s:s}", "SecretId", id));
    const char *text = keep(r, json_object_get(answer, "SecretString"));
    (void)match;
    if (!answer)
        aws_failed(r);
    else if (!text)
        fail(r, "this secret has no text");
    else if (!key)
        value = text;
    else {
        json_t *object = json_loads(text, 0, NULL);
        value = json_is_object(object)
                    ? value_of_key(r, object, key)
                    : fail(r, "this secret is not a JSON map, so it has no keys");
        json_decref(object);
    }
    json_decref(answer);
    return value;
}

/* Runs `vault`, or curl at VAULT_ADDR if there is no such program. The token goes to curl's
 * standard input. */
static bool ask_vault(const struct request *r, const char *path, struct run *run)
{
    const char *address = getenv("VAULT_ADDR"), *token = getenv("VAULT_TOKEN");
    const char *namespace = getenv("VAULT_NAMESPACE");
    if (run_found("vault")) {
        const char **argv = NULL;
        size_t n = 0;
        run_split(r->arena, "vault read -format=json --", &argv, &n);
        array_push(r->arena, argv, n, path);
        array_push(r->arena, argv, n, NULL);
        run->argv = argv;
        return run_wait(run);
    }
    static const char *const curl[] = {"curl", "--silent", "--show-error", "--fail", "--config",
                                       "-",    NULL};
    const char *const set[] = {address, token, namespace};
    for (size_t i = 0; i < countof(set); i++)
        if (set[i] && strpbrk(set[i], "\"\\\r\n")) {
            run->argv = curl;
            run->status = -1;
            run->error = EINVAL; /* it would end its quotes in curl's configuration */
            return false;
        }
    const char *input = arena_printf(
        r->arena, "header = \"X-Vault-Token: %s\"\n%s%s%surl = \"%s/v1/%s\"\n", token ? token : "",
        namespace ? "header = \"X-Vault-Namespace: " : "", namespace ? namespace : "",
        namespace ? "\"\n" : "", address ? address : "https://127.0.0.1:8200", path);
    run->argv = curl;
    run->input = input;
    run->input_len = strlen(input);
    return run_wait(run);
}

/* vault://path#key: the answer of version 2 of the key/value store has one more "data" around the
 * keys than that of version 1. */
static const char *from_vault(const struct request *r, enum match match)
{
    const char *key, *path = split_key(r, &key), *value = NULL;
    struct run run = {0};
    (void)match;
    if (!key || strpbrk(path, "\"\\\n\r"))
        return fail(r, "this is not vault://path#key");
    if (!ask_vault(r, path, &run)) {
        fail(r, arena_printf(r->arena, "Vault did not return the value: %s %s", run.argv[0],
                             run_words(r->arena, &run)));
        diag_lines(run.err.data);
    } else {
        json_t *answer = json_loads(run.out.data, 0, NULL);
        const json_t *data = json_object_get(answer, "data"),
                     *inner = json_object_get(data, "data");
        value = data ? value_of_key(r, json_is_object(inner) ? inner : data, key)
                     : fail(r, "Vault answered without data");
        json_decref(answer);
    }
    buf_free(&run.out);
    buf_free(&run.err);
    return value;
}

/* --- the table ---------------------------------------------------------------------------- */

static const struct {
    const char *(*value)(const struct request *request, enum match match);
    enum match match;
} sources[] = {
    [PROTOCOL_ENV] = {from_env},
    [PROTOCOL_FILE] = {from_file},
    [PROTOCOL_ENVDIR] = {from_envdir},
    [PROTOCOL_SSM] = {from_ssm},
    [PROTOCOL_SECRETSMANAGER] = {from_secretsmanager},
    [PROTOCOL_VAULT] = {from_vault},
    [PROTOCOL_DYNAMODB_STARTSWITH] = {from_dynamodb, STARTS},
    [PROTOCOL_DYNAMODB_ENDSWITH] = {from_dynamodb, ENDS},
    [PROTOCOL_DYNAMODB_MATCH] = {from_dynamodb, MATCHES},
    [PROTOCOL_DYNAMODB_STREAM_STARTSWITH] = {from_dynamodb_stream, STARTS},
    [PROTOCOL_DYNAMODB_STREAM_ENDSWITH] = {from_dynamodb_stream, ENDS},
    [PROTOCOL_DYNAMODB_STREAM_MATCH] = {from_dynamodb_stream, MATCHES},
    [PROTOCOL_KINESIS_STARTSWITH] = {from_kinesis, STARTS},
    [PROTOCOL_KINESIS_ENDSWITH] = {from_kinesis, ENDS},
    [PROTOCOL_KINESIS_MATCH] = {from_kinesis, MATCHES},
};
static_assert(countof(sources) == PROTOCOL_COUNT, "every protocol has its source");

const char *lookup_value(struct aws *aws, const char *dir, enum protocol protocol, const char *rest,
                         const struct node *node)
{
    const struct request request = {aws, aws->arena, dir, rest, node};
    const char *value = sources[protocol].value(&request, sources[protocol].match);
    enum privacy privacy = protocol_privacy(protocol);
    if (value && privacy != PRIVACY_OPEN)
        mask_add(value, privacy == PRIVACY_SECRET ? MASK_EVERYWHERE : MASK_MESSAGES);
    return value;
}
