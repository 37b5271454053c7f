#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "stacks/event.h"

static struct arena *arena;

/* Events as lines "token id type status reason", newest first. */
static json_t *events(const char *const *lines)
{
    json_t *list = json_array();
    for (; *lines; lines++) {
        char *line = arena_strdup(arena, *lines), *part[4];
        for (int i = 0; i < 4; i++)
            part[i] = strsep(&line, " ");
        json_t *event =
            json_pack("{s:s, s:s, s:s, s:s}", "LogicalResourceId", part[1], "ResourceType", part[2],
                      "ResourceStatus", part[3], "ResourceStatusReason", line ? line : "");
        if (strcmp(part[0], "-") != 0)
            json_object_set_new(event, "ClientRequestToken", json_string(part[0]));
        json_array_append_new(list, event);
    }
    return list;
}

/* The ids of the events of an operation of the stack "s". */
static const char *ids_since(const char *const *lines, const char *token, const char *begins)
{
    const struct stack_operation operation = {"s", token, begins};
    json_t *all = events(lines), *own = stack_events_of(all, &operation), *event;
    struct buf text = {0};
    size_t i;
    json_array_foreach(own, i, event)
        buf_adds(&text, json_string_value(json_object_get(event, "LogicalResourceId")));
    const char *copy = arena_strdup(arena, text.data ? text.data : "");
    buf_free(&text);
    json_decref(all), json_decref(own);
    return copy;
}

static const char *ids(const char *const *lines, const char *token)
{
    return ids_since(lines, token, NULL);
}

/* Events without tokens: those since the newest start count, if it is a start of this kind. */
static void test_without_tokens(void)
{
    static const char *const create = "CREATE_IN_PROGRESS", *const delete = "DELETE_IN_PROGRESS";
    static const char *const old[] = {"- s T ROLLBACK_COMPLETE",
                                      "- b T DELETE_COMPLETE",
                                      "- s T ROLLBACK_IN_PROGRESS",
                                      "- a T CREATE_FAILED no luck",
                                      "- s T CREATE_IN_PROGRESS",
                                      "- s T REVIEW_IN_PROGRESS",
                                      NULL};
    static const char *const new[] = {"- c T DELETE_IN_PROGRESS", "- s T DELETE_IN_PROGRESS",
                                      "- a T CREATE_FAILED", "- s T CREATE_IN_PROGRESS", NULL};
    static const char *const begun[] = {"t1 s T DELETE_IN_PROGRESS", "- a T CREATE_FAILED",
                                        "- s T CREATE_IN_PROGRESS", NULL};
    CHECK(strcmp(ids_since(old, "t1", delete), "") == 0);
    CHECK(strcmp(ids_since(old, "t1", create), "sbsas") == 0);
    CHECK(strcmp(ids_since(old, NULL, NULL), "sbsas") == 0);
    CHECK(strcmp(ids_since(new, "t1", delete), "cs") == 0);
    CHECK(strcmp(ids_since(new, NULL, delete), "cs") == 0);
    CHECK(strcmp(ids_since(begun, "t1", delete), "s") == 0);
    CHECK(strcmp(ids_since(begun, "t2", delete), "") == 0);
}

static void test_operation(void)
{
    static const char *const two[] = {"t2 a T S", "t2 b T S", "t1 c T S", "- d T S", NULL};
    static const char *const none[] = {"- a T S", "- b T S", NULL}, *const no_events[] = {NULL};
    static const char *const late[] = {"- a T S", "t1 b T S", NULL};
    CHECK(strcmp(ids(two, "t1"), "c") == 0 && strcmp(ids(two, "t2"), "ab") == 0);
    CHECK(strcmp(ids(two, NULL), "ab") == 0 && strcmp(ids(two, "t3"), "") == 0);
    CHECK(strcmp(ids(none, "t1"), "ab") == 0 && strcmp(ids(none, NULL), "ab") == 0);
    CHECK(strcmp(ids(late, NULL), "a") == 0 && strcmp(ids(no_events, "t1"), "") == 0);
    json_t *empty = stack_events_of(NULL, &(struct stack_operation){"s", "t1", NULL});
    CHECK(json_array_size(empty) == 0 && json_is_array(empty));
    json_decref(empty);
}

static bool place(const char *id, struct pos *pos, void *data)
{
    (void)data;
    if (strcmp(id, "Queue") == 0)
        *pos = (struct pos){"settings.yml", 7, 3, 1};
    return strcmp(id, "Queue") == 0;
}

static void reports(const char *const *lines, const char *region, const char *id, const char *first)
{
    struct aws aws = {.arena = arena, .region = region};
    json_t *all = events(lines);
    const struct stack_failure failure = {
        &aws, "dev-shop-r", id, "ROLLBACK_COMPLETE", "the stack's reason", all, place, NULL};
    CHECK(!stack_failure_report(&failure));
    const char *said = diag_flushed(arena, "flushed");
    if (!CHECK(strcmp(said, first) == 0))
        fprintf(stderr, "  %s", said);
    json_decref(all);
}

#define EVENTS                                                                                     \
    "gordon: note: fix the cause and apply again; the stack's events say what AWS did: aws "       \
    "cloudformation describe-stack-events --stack-name dev-shop-r\n"

static void test_cause(void)
{
    /* the oldest failure is the cause, but not one of the stack, or one that was cancelled */
    static const char *const cause[] = {
        "t dev-shop-r S ROLLBACK_FAILED newest",
        "t Other AWS::SQS::Queue CREATE_FAILED Resource creation cancelled",
        "t Late AWS::SQS::Queue CREATE_FAILED too late",
        "t Queue AWS::SQS::Queue UPDATE_FAILED dev-x already exists",
        "t Early AWS::SQS::Queue CREATE_FAILED Resource creation cancelled",
        "t Fine AWS::SQS::Queue CREATE_COMPLETE",
        "t dev-shop-r S CREATE_FAILED oldest",
        NULL};
    reports(
        cause, "eu-west-1", NULL,
        "settings.yml:7:3: error: stack dev-shop-r ended in ROLLBACK_COMPLETE: Queue "
        "(AWS::SQS::Queue) UPDATE_FAILED: dev-x already exists\n"
        "gordon: note: something outside of this stack has this name; choose another one\n" EVENTS);
    static const char *const version[] = {
        "t V AWS::Lambda::Version CREATE_FAILED A version for this Lambda function exists ( 1 ), "
        "and already exists",
        NULL};
    reports(
        version, "eu-west-1", "",
        "gordon: error: stack dev-shop-r ended in ROLLBACK_COMPLETE: V (AWS::Lambda::Version) "
        "CREATE_FAILED: A version for this Lambda function exists ( 1 ), and already exists\n"
        "gordon: note: the newest version has this code and this configuration already, and AWS "
        "publishes no second one; change one of them (the description will do), or keep "
        "gordon.contrib.lambdas in apps if it was there\n" EVENTS);
    /* no resource failed: the stack's own oldest reason, or that of its status */
    static const char *const own[] = {
        "t dev-shop-r S B newest", "t Queue Q CREATE_COMPLETE not it", "t dev-shop-r S B oldest",
        "t dev-shop-r S B",        "t dev-shop-r S B User Initiated",  NULL};
    static const char *const nothing[] = {"t dev-shop-r S B User Initiated", NULL};
    reports(own, "eu-west-1", NULL,
            "gordon: error: stack dev-shop-r ended in ROLLBACK_COMPLETE: oldest\n" EVENTS);
    reports(
        nothing, "eu-west-1", NULL,
        "gordon: error: stack dev-shop-r ended in ROLLBACK_COMPLETE: the stack's reason\n" EVENTS);
}

static void test_console(void)
{
    static const char *const nothing[] = {NULL};
    static const struct {
        const char *region, *domain;
    } cases[] = {
        {"eu-west-1", "console.aws.amazon.com"},
        {"us-east-1", "console.aws.amazon.com"},
        {"us-gov-west-1", "console.amazonaws-us-gov.com"},
        {"cn-north-1", "console.amazonaws.cn"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        reports(
            nothing, cases[i].region, "arn:aws/\u00E9 aAzZ09-._~",
            arena_printf(arena,
                         "gordon: error: stack dev-shop-r ended in ROLLBACK_COMPLETE: the stack's "
                         "reason\n%sgordon: note: or in the console: https://%s.%s/cloudformation/"
                         "home?region=%s#/stacks/events?stackId=arn%%3Aaws%%2F%%C3%%A9%%20"
                         "aAzZ09-._~\n",
                         EVENTS, cases[i].region, cases[i].domain, cases[i].region));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-event-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_operation();
    test_without_tokens();
    test_cause();
    test_console();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
