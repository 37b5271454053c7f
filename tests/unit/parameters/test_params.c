#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "parameters/params.h"
#include "settings/node.h"
#include "settings/project.h"

static struct arena *arena;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0644));
}

/* What the callbacks are asked, in their order: "ssm:/a account". */
static struct buf asked;
static bool fails;

static const char *account(void *data)
{
    buf_adds(&asked, "account ");
    CHECK(data == &asked);
    if (fails)
        diag_error(EXIT_OTHER, (struct pos){.file = "aws"}, "nobody is there");
    return fails ? NULL : "123456789012";
}

static const char *value(enum protocol protocol, const char *rest, const struct node *node,
                         void *data)
{
    buf_printf(&asked, "%d:%s ", (int)protocol, rest);
    CHECK(data == &asked && node->pos.line > 0);
    if (fails)
        diag_error(EXIT_OTHER, node->pos, "not found");
    return fails ? NULL : arena_printf(arena, "<%s>", rest);
}

static bool wanted(const char *name, void *data)
{
    CHECK(data == &asked);
    return strncmp(name, "un", 2) != 0;
}

static struct params_found found;

/* The values as sorted JSON, or the messages; then what was asked, and the secret ones. */
static const char *load(const char *common, const char *stage)
{
    const struct project project = {.dir = "."};
    const struct params_context context = {
        "dev", "eu-west-1", account, value, wanted, &asked, &found,
    };
    CHECK(remove_path("parameters") && file_mkdirs("parameters"));
    if (common)
        put("parameters/common.yml", common);
    if (stage)
        put("parameters/dev.yml", stage);
    found = (struct params_found){0};
    buf_free(&asked);
    asked = (struct buf){0};
    json_t *values = params_load(arena, &project, &context);
    char *text = values ? json_dumps(values, JSON_SORT_KEYS) : NULL;
    const char *errors = diag_flushed(arena, "flushed");
    struct buf all = {0};
    buf_printf(&all, "%s%s", text ? text : "", errors);
    if (asked.len)
        buf_printf(&all, " asked %s", asked.data);
    const char *said = arena_strdup(arena, all.data ? all.data : "");
    free(text);
    buf_free(&all);
    json_decref(values);
    return said;
}

static void is(const char *said, const char *expected)
{
    if (!CHECK(strcmp(said, expected) == 0))
        fprintf(stderr, "  %s\n", said);
}

static void test_files(void)
{
    is(load(NULL, NULL), "{}");
    is(load("a: 1\nb: x\n", NULL), "{\"a\": \"1\", \"b\": \"x\"}");
    is(load(NULL, "a: 1\n"), "{\"a\": \"1\"}");
    /* the stage's value replaces the common one, which is not looked up */
    is(load("a: ssm://common\nb: ssm://both\n", "a: ssm://stage\nc: 2\n"),
       "{\"a\": \"<stage>\", \"b\": \"<both>\", \"c\": \"2\"} asked 3:both 3:stage ");
    is(load("a: [\n", "b: 1\n"),
       "parameters/common.yml:2:1: error: did not find expected node content, while parsing "
       "a flow node\n");
}

/* Messages have no words of these files, which may be secret. */
static void test_concealed(void)
{
    for (int i = 0; i < 2; i++) {
        const char *text = "a: *hunter2\n";
        const char *said = load(i ? NULL : text, i ? text : NULL);
        is(said, arena_printf(arena,
                              "parameters/%s.yml:1:4: error: no anchor '&...' before this; quote a "
                              "text that begins with '*'\n",
                              i ? "dev" : "common"));
    }
}

static void test_kinds(void)
{
    is(load("t: true\nf: no\ni: 007\nr: 1.50\nn: null\ns: ' x '\ne: ''\nbig: 12345678901\n", NULL),
       "{\"big\": \"12345678901\", \"e\": \"\", \"f\": \"false\", \"i\": \"007\", \"n\": \"\", "
       "\"r\": \"1.50\", \"s\": \" x \", \"t\": \"true\"}");
    is(load("one: [a]\nnone: []\nlist: [a, 2, true, null, ssm://x, d]\n", NULL),
       "{\"list\": \"a,2,true,,<x>,d\", \"none\": \"\", \"one\": \"a\"} asked 3:x ");
    is(load("l: [a, [b]]\nm: {a: 1}\nn: [{a: 1}]\nok: 1\n", NULL),
       "parameters/common.yml:1:8: error: an item of this list must be text, not a list\n"
       "parameters/common.yml:2:4: error: a parameter is text or a list, not a map\n"
       "parameters/common.yml:3:5: error: an item of this list must be text, not a map\n");
}

static void test_templates(void)
{
    setenv("GORDON_TEST_NAME", "from=env", 1);
    is(load("a: '{{ stage }}-{{ aws_region }}'\nb: '{{ env.GORDON_TEST_NAME }}'\n", NULL),
       "{\"a\": \"dev-eu-west-1\", \"b\": \"from=env\"}");
    is(load("a: '{{ aws_account_id }}'\nb: '{{ nothing }}'\n", NULL),
       "{\"a\": \"123456789012\", \"b\": \"\"}parameters/common.yml:2:4: warning: in this "
       "template: 'nothing' is not defined, and so is empty\n asked account ");
    is(load("a: 'ssm://{{ stage }}/x'\n", NULL), "{\"a\": \"<dev/x>\"} asked 3:dev/x ");
    is(load("a: '{{ }'\nb: x\n", NULL), "parameters/common.yml:1:4: error: in this template: this "
                                        "bracket does not match an open bracket\n");
    fails = true; /* a template goes on, but the error counts */
    is(load("a: 'x{{ aws_account_id }}'\n", NULL), "aws: error: nobody is there\n asked account ");
    fails = false;
}

static void test_protocols(void)
{
    static const char *const values[] = {
        "https://a/b", "s3://bucket/key",  "postgres://u@h/d", "xmpp://x",
        "://x",        "Not a://protocol", "SSM://x",          "a:/b",
        "x ssm://y"};
    for (size_t i = 0; i < countof(values); i++)
        is(load(arena_printf(arena, "a: '%s'\n", values[i]), NULL),
           arena_printf(arena, "{\"a\": \"%s\"}", values[i]));
    is(load("a: smm://x\nb: 1\n", NULL),
       "parameters/common.yml:1:4: error: there is no protocol 'smm'; there are env, file, envdir, "
       "ssm, secretsmanager, vault, and dynamodb-, dynamodb-stream- and kinesis- with startswith, "
       "endswith or match; a URL of another kind can come from env or file, whose values are taken "
       "as they are\n");
    fails = true;
    is(load("a: ssm://x\nb: [vault://y, 1]\nc: 1\n", "d: env://z\n"),
       "parameters/common.yml:1:4: error: not found\n"
       "parameters/common.yml:2:5: error: not found\n"
       "parameters/dev.yml:1:4: error: not found\n asked 3:x 5:y 0:z ");
    fails = false;
}

/* Which values are secret, and which names nothing asks for. */
static void test_found(void)
{
    load("open: x\ntext: ssm://a\nsecret: secretsmanager://b\nenv: env://c\n"
         "list: [x, vault://d, y]\nafter: z\nunused: vault://e\n",
         "unusual: [{not: read}]\n");
    CHECK(!table_get(&found.secret, "open") && !table_get(&found.secret, "env") &&
          !table_get(&found.secret, "after") && !table_get(&found.secret, "unused"));
    const struct node *secret = table_get(&found.secret, "secret");
    CHECK(secret && secret->pos.line == 3);
    CHECK(table_get(&found.secret, "list"));
    CHECK(found.nunused == 2 && strcmp(found.unused[0]->text, "unused") == 0 &&
          strcmp(found.unused[1]->text, "unusual") == 0);
    is(asked.data, "3:a 4:b 0:c 5:d ");
    diag_error(EXIT_VALUE, (struct pos){.file = "s"}, "a value is missing");
    params_note_nearest(arena, &found, "unusual1");
    is(diag_flushed(arena, "flushed"),
       "s: error: a value is missing\nparameters/dev.yml:1:1: note: nothing asks for 'unusual', "
       "which is given here; did you mean 'unusual1'?\n");
    diag_error(EXIT_VALUE, (struct pos){.file = "s"}, "a value is missing");
    params_note_nearest(arena, &found, "something else");
    is(diag_flushed(arena, "flushed"), "s: error: a value is missing\n");
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-params-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_files();
    test_concealed();
    test_kinds();
    test_templates();
    test_protocols();
    test_found();
    CHECK(chdir("/") == 0 && remove_path(folder));
    buf_free(&asked);
    arena_free(arena);
    diag_end();
    return check_result();
}
