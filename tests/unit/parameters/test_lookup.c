#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "parameters/lookup.h"
#include "settings/node.h"

static struct arena *arena;
static struct aws aws;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0644));
}

static void put_program(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0755));
}

/* The value, or the messages. */
static const char *look_up(const char *name, const char *rest)
{
    const struct node node = {.kind = NODE_STRING, .pos = {"p", 2, 5, 1}};
    const char *value = lookup_value(&aws, "dir", protocol_named(name), rest, &node);
    const char *said = diag_flushed(arena, "flushed");
    return value ? *said ? arena_printf(arena, "%s, but also %s", value, said) : value : said;
}

static void is(const char *said, const char *expected)
{
    if (!CHECK(strcmp(said, expected) == 0))
        fprintf(stderr, "  %s\n", said);
}

/* The answer of the made-up `aws` to an operation; NULL: it fails. */
static void answers(const char *operation, const char *answer)
{
    const char *path = arena_printf(arena, "answers/%s", operation);
    if (answer)
        put(path, answer);
    else
        CHECK(remove_path(path));
}

/* What `aws` or `vault` was asked last: its arguments and its input. */
static const char *asked(void)
{
    size_t len;
    const char *text = file_read(arena, "asked", &len);
    return text ? text : "";
}

static void test_environment_and_files(void)
{
    setenv("GORDON_TEST_VALUE", " v\n", 1);
    is(look_up("env", "GORDON_TEST_VALUE"), " v\n");
    is(look_up("env", "GORDON_TEST_NOTHING"),
       "p:2:5: error: the environment variable 'GORDON_TEST_NOTHING' is not set\n");
    static const struct {
        const char *text, *file, *envdir;
    } cases[] = {
        {"", "", ""},
        {"\n", "", ""},
        {"one", "one", "one"},
        {"one\n", "one", "one"},
        {" one \t\r\n", " one \t\r", " one"},
        {"one\n\n", "one\n", "one"},
        {"one\ntwo\n", "one\ntwo", "one"},
        {" \t\n", " \t", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        put("dir/file", cases[i].text);
        is(look_up("file", "file"), cases[i].file);
        is(look_up("envdir", "file"), cases[i].envdir);
    }
    CHECK(file_write("dir/nul", "a\0b", 3, 0644));
    is(look_up("file", "nul"), "p:2:5: error: dir/nul contains a NUL byte, so it is not text\n");
    is(look_up("envdir", "gone"),
       "p:2:5: error: dir/gone cannot be read: No such file or directory\n");
    is(look_up("file", path_absolute(arena, "dir/file")), " \t");
}

static void test_lists(void)
{
    answers("list-tables", "{\"TableNames\": [\"dev-orders\", 1, \"dev-users\", \"x.y\"]}");
    answers("list-streams", "{\"StreamNames\": [\"clicks\"]}");
    is(look_up("dynamodb-startswith", "dev-o"), "dev-orders");
    is(asked(), "dynamodb list-tables --cli-input-json file:///dev/stdin --region eu-west-1 "
                "--output json {}");
    is(look_up("dynamodb-endswith", "users"), "dev-users");
    is(look_up("dynamodb-match", "v-u"), "dev-users");
    is(look_up("dynamodb-match", "^x\\.y$"), "x.y");
    is(look_up("dynamodb-match", "^dev-o[a-z]{5}$"), "dev-orders");
    is(look_up("kinesis-startswith", "cl"), "clicks");
    is(look_up("kinesis-endswith", "ks"), "clicks");
    is(look_up("kinesis-match", "lic"), "clicks");
    is(look_up("dynamodb-startswith", "users"),
       "p:2:5: error: none in eu-west-1 matches 'users'\n");
    is(look_up("dynamodb-endswith", "dev"), "p:2:5: error: none in eu-west-1 matches 'dev'\n");
    is(look_up("dynamodb-startswith", "dev-"),
       "p:2:5: error: several match 'dev-': dev-orders and dev-users\n");
    is(look_up("kinesis-match", "("),
       "p:2:5: error: Gordon cannot read this regular expression; it supports characters, sets, "
       "\\d \\w \\s, groups, | ^ $ and repetition\n");
    answers("list-streams", NULL);
    is(look_up("kinesis-startswith", "cl"),
       "p:2:5: error: AWS did not return the value: no luck\n");
}

static void test_streams(void)
{
    answers("describe-table", "{\"Table\": {\"LatestStreamArn\": \"arn:1\"}}");
    is(look_up("dynamodb-stream-startswith", "dev-o"), "arn:1");
    is(asked(), "dynamodb describe-table --cli-input-json file:///dev/stdin --region eu-west-1 "
                "--output json {\"TableName\":\"dev-orders\"}");
    is(look_up("dynamodb-stream-endswith", "orders"), "arn:1");
    is(look_up("dynamodb-stream-match", "ord"), "arn:1");
    is(look_up("dynamodb-stream-match", "nothing"),
       "p:2:5: error: none in eu-west-1 matches 'nothing'\n");
    answers("describe-table", "{\"Table\": {}}");
    is(look_up("dynamodb-stream-match", "ord"),
       "p:2:5: error: the table 'dev-orders' has no stream\n");
    answers("describe-table", NULL);
    is(look_up("dynamodb-stream-match", "ord"),
       "p:2:5: error: AWS did not return the value: no luck\n");
}

static void test_secrets(void)
{
    answers("get-parameter", "{\"Parameter\": {\"Value\": \"v1\"}}");
    is(look_up("ssm", "/a/b"), "v1");
    is(asked(), "ssm get-parameter --cli-input-json file:///dev/stdin --region eu-west-1 "
                "--output json {\"Name\":\"/a/b\",\"WithDecryption\":true}");
    answers("get-parameter", "{\"Parameter\": {}}");
    is(look_up("ssm", "x"), "p:2:5: error: AWS answered without a value\n");
    answers("get-parameter", NULL);
    is(look_up("ssm", "x"), "p:2:5: error: AWS did not return the value: no luck\n");

    answers("get-secret-value",
            "{\"SecretString\": \"{\\\"k\\\": \\\"v2\\\", \\\"n\\\": [1, true]}\"}");
    is(look_up("secretsmanager", "id#k"), "v2");
    is(asked(),
       "secretsmanager get-secret-value --cli-input-json file:///dev/stdin --region eu-west-1 "
       "--output json {\"SecretId\":\"id\"}");
    is(look_up("secretsmanager", "a#b#n"), "[1,true]");
    is(asked(),
       "secretsmanager get-secret-value --cli-input-json file:///dev/stdin --region eu-west-1 "
       "--output json {\"SecretId\":\"a#b\"}");
    is(look_up("secretsmanager", "id"), "{\"k\": \"v2\", \"n\": [1, true]}");
    is(look_up("secretsmanager", "id#x"), "p:2:5: error: this secret has no key 'x'\n");
    answers("get-secret-value", "{\"SecretString\": \"[1]\"}");
    is(look_up("secretsmanager", "id#k"),
       "p:2:5: error: this secret is not a JSON map, so it has no keys\n");
    answers("get-secret-value", "{\"SecretBinary\": \"AA==\"}");
    is(look_up("secretsmanager", "id"), "p:2:5: error: this secret has no text\n");
    answers("get-secret-value", NULL);
    is(look_up("secretsmanager", "id"), "p:2:5: error: AWS did not return the value: no luck\n");
}

static void test_vault(void)
{
    answers("read", "{\"data\": {\"k\": \"v3\", \"n\": 7}}");
    is(look_up("vault", "kv/app#k"), "v3");
    is(asked(), "read -format=json -- kv/app ");
    is(look_up("vault", "kv/app#n"), "7");
    is(look_up("vault", "kv/app#x"), "p:2:5: error: this secret has no key 'x'\n");
    answers("read", "{\"data\": {\"data\": {\"k\": \"v4\"}, \"metadata\": {}}}");
    is(look_up("vault", "kv/app#k"), "v4");
    answers("read", "{\"data\": {\"data\": \"text\"}}");
    is(look_up("vault", "kv/app#data"), "text");
    answers("read", "{}");
    is(look_up("vault", "kv/app#k"), "p:2:5: error: Vault answered without data\n");
    answers("read", NULL);
    CHECK(strstr(look_up("vault", "kv/app#k"), "p:2:5: error: Vault did not return the value: "));
    put("asked", "");
    static const char *const wrong[] = {"kv/app", "kv\"#k", "kv\\#k", "kv\n#k", "kv\r#k"};
    for (size_t i = 0; i < countof(wrong); i++)
        is(look_up("vault", wrong[i]), "p:2:5: error: this is not vault://path#key\n");
    is(asked(), "");
}

/* Without the program, curl is asked; the token is in its input and not in its arguments. */
static void test_curl(void)
{
    CHECK(remove_path("bin/vault"));
    unsetenv("VAULT_ADDR"), unsetenv("VAULT_TOKEN"), unsetenv("VAULT_NAMESPACE");
    answers("--silent", "{\"data\": {\"k\": \"v5\"}}");
    is(look_up("vault", "kv/app#k"), "v5");
    is(asked(), "--silent --show-error --fail --config - header = \"X-Vault-Token: \"\n"
                "url = \"https://127.0.0.1:8200/v1/kv/app\"\n");
    setenv("VAULT_ADDR", "http://v", 1), setenv("VAULT_TOKEN", "t", 1);
    setenv("VAULT_NAMESPACE", "n", 1);
    is(look_up("vault", "kv/app#k"), "v5");
    is(asked(), "--silent --show-error --fail --config - header = \"X-Vault-Token: t\"\n"
                "header = \"X-Vault-Namespace: n\"\nurl = \"http://v/v1/kv/app\"\n");
    static const char *const variables[] = {"VAULT_ADDR", "VAULT_TOKEN", "VAULT_NAMESPACE"};
    for (size_t i = 0; i < countof(variables); i++) {
        const char *before = arena_strdup(arena, getenv(variables[i]));
        put("asked", "");
        setenv(variables[i], "a\"\nurl = x", 1);
        CHECK(strstr(look_up("vault", "kv/app#k"), "error: Vault did not return the value: curl"));
        is(asked(), "");
        setenv(variables[i], before, 1);
    }
}

/* Both programs log what they are asked, and answer with a file of answers/. */
static const char program[] =
    "#!/bin/sh\n"
    "home=${0%/*}/..\n"
    "{ printf '%s ' \"$@\"; /bin/cat; } > \"$home/asked\"\n"
    "for word in \"$1\" \"$2\"; do\n"
    "    [ -f \"$home/answers/$word\" ] && exec /bin/cat \"$home/answers/$word\"\n"
    "done\n"
    "echo 'no luck' >&2\n"
    "exit 254\n";

int main(void)
{
    char folder[] = "/tmp/gordon-test-lookup-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    put_program("bin/aws", program), put_program("bin/vault", program);
    put_program("bin/curl", program);
    setenv("GORDON_AWS", path_absolute(arena, "bin/aws"), 1);
    setenv("PATH", path_absolute(arena, "bin"), 1);
    aws_init(&aws, arena, "eu-west-1", false);
    test_environment_and_files();
    test_lists();
    test_streams();
    test_secrets();
    test_vault();
    test_curl();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
