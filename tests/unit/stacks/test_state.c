#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"
#include "stacks/description.h"
#include "stacks/state.h"

static struct arena *arena;

static json_t *stack(const char *status)
{
    return json_pack("{s:s}", "StackStatus", status);
}

/* All statuses of the page "Stack status codes", and one that no page has yet. */
static void test_states(void)
{
    static const struct {
        const char *status;
        enum stack_state state;
        bool succeeded;
    } cases[] = {
        {"CREATE_COMPLETE", STACK_STEADY, true},
        {"CREATE_IN_PROGRESS", STACK_MOVING, false},
        {"CREATE_FAILED", STACK_STUCK, false},
        {"DELETE_COMPLETE", STACK_MISSING, false},
        {"DELETE_FAILED", STACK_STUCK, false},
        {"DELETE_IN_PROGRESS", STACK_MOVING, false},
        {"REVIEW_IN_PROGRESS", STACK_UNDER_REVIEW, false},
        {"ROLLBACK_COMPLETE", STACK_NEVER_MADE, false},
        {"ROLLBACK_FAILED", STACK_STUCK, false},
        {"ROLLBACK_IN_PROGRESS", STACK_MOVING, false},
        {"UPDATE_COMPLETE", STACK_STEADY, true},
        {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", STACK_CLEANING, true},
        {"UPDATE_FAILED", STACK_STUCK, false},
        {"UPDATE_IN_PROGRESS", STACK_MOVING, false},
        {"UPDATE_ROLLBACK_COMPLETE", STACK_STEADY, false},
        {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", STACK_CLEANING, false},
        {"UPDATE_ROLLBACK_FAILED", STACK_STUCK, false},
        {"UPDATE_ROLLBACK_IN_PROGRESS", STACK_MOVING, false},
        {"IMPORT_IN_PROGRESS", STACK_MOVING, false},
        {"IMPORT_COMPLETE", STACK_STEADY, true},
        {"IMPORT_ROLLBACK_IN_PROGRESS", STACK_MOVING, false},
        {"IMPORT_ROLLBACK_FAILED", STACK_STUCK, false},
        {"IMPORT_ROLLBACK_COMPLETE", STACK_STEADY, false},
        {"MERGE_COMPLETE", STACK_STEADY, false},
        {"MERGE_FAILED", STACK_STUCK, false},
        {"WHAT", STACK_STUCK, false},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        json_t *described = stack(cases[i].status);
        if (!CHECK(stack_state(described) == cases[i].state &&
                   stack_succeeded(described) == cases[i].succeeded &&
                   stack_is_moving(cases[i].status) == (cases[i].state == STACK_MOVING)))
            fprintf(stderr, "  %s\n", cases[i].status);
        json_decref(described);
    }
    json_t *null = json_null();
    CHECK(stack_state(null) == STACK_MISSING && !stack_succeeded(null));
}

static void refuses(const char *status, const char *helps)
{
    json_t *described = stack(status);
    CHECK(!stack_refuse_stuck("dev-shop-r", described));
    const char *said = diag_flushed(arena, "flushed");
    if (!CHECK(strcmp(said, arena_printf(arena,
                                         "gordon: error: stack dev-shop-r is %s; %s --stack-name "
                                         "dev-shop-r\n",
                                         status, helps)) == 0))
        fprintf(stderr, "  %s", said);
    json_decref(described);
}

static void test_refusals(void)
{
    refuses("UPDATE_ROLLBACK_FAILED",
            "find the resource that failed in its events, fix it, and run: aws cloudformation "
            "continue-update-rollback");
    refuses("UPDATE_FAILED", "find the resource that failed in its events, fix it, and run: aws "
                             "cloudformation rollback-stack");
    refuses("IMPORT_ROLLBACK_FAILED", "find the resource that failed in its events, fix it, and "
                                      "run: aws cloudformation rollback-stack");
    refuses("DELETE_FAILED", "it can only be deleted; run: aws cloudformation delete-stack");
    refuses("WHAT", "this Gordon does not know that status; see: aws cloudformation "
                    "describe-stack-events");
    CHECK(!stack_refuse_busy("dev-shop-r", "in the way"));
    CHECK(
        strcmp(
            diag_flushed(arena, "flushed"),
            "gordon: error: stack dev-shop-r: another operation changes it: in the way; run apply "
            "again when that has finished\n") == 0);
}

static void test_protection(void)
{
    json_t *on = json_pack("{s:b}", "EnableTerminationProtection", 1);
    json_t *off = json_pack("{s:b}", "EnableTerminationProtection", 0), *none = json_object();
    CHECK(stack_check_protection("s", off) && stack_check_protection("s", none));
    CHECK(strcmp(diag_flushed(arena, "flushed"), "") == 0);
    CHECK(!stack_check_protection("dev-shop-r", on));
    CHECK(strstr(diag_flushed(arena, "flushed"),
                 "stack dev-shop-r has termination protection; to delete it all the same, first "
                 "run: aws cloudformation update-termination-protection "
                 "--no-enable-termination-protection --stack-name dev-shop-r\n"));
    json_decref(on), json_decref(off), json_decref(none);
}

static void test_busy(void)
{
    static const char *const busy[] = {
        "Stack:arn:aws:x is in UPDATE_IN_PROGRESS state and can not be updated.",
        "An error occurred (ChangeSetNotFound) when calling",
        "An error occurred (InvalidChangeSetStatus) when calling",
        "An error occurred (OperationInProgressException) when calling",
        "ChangeSet is OBSOLETE",
        "An error occurred (AlreadyExistsException) when calling",
        "Stack dev-shop-r already exists and cannot be created with the changeSet",
    };
    for (size_t i = 0; i < countof(busy); i++)
        CHECK(stack_says_busy(busy[i]));
    CHECK(!stack_says_busy("An error occurred (AccessDenied) when calling") &&
          !stack_says_busy(""));
}

static void test_description(void)
{
    json_t *described = json_loads(
        "{\"StackStatus\": \"X\", \"Outputs\": [{}, {\"OutputKey\": \"a\", \"OutputValue\": \"1\"},"
        "{\"OutputKey\": \"ab\", \"OutputValue\": \"2\"}],"
        "\"Parameters\": [{}, {\"ParameterKey\": \"p\", \"ParameterValue\": \"3\"},"
        "{\"ParameterKey\": \"q\"}]}",
        0, NULL);
    CHECK(strcmp(stack_status(described), "X") == 0 && strcmp(stack_status(json_null()), "") == 0);
    CHECK(strcmp(stack_output(described, "ab"), "2") == 0 &&
          strcmp(stack_output(described, "a"), "1") == 0 && !stack_output(described, "b") &&
          !stack_output(json_null(), "a"));
    CHECK(strcmp(stack_parameter(described, "p"), "3") == 0 &&
          strcmp(stack_parameter(described, "q"), "") == 0 && !stack_parameter(described, "r") &&
          !stack_parameter(json_null(), "p"));
    json_decref(described);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-state-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_states();
    test_refusals();
    test_protection();
    test_busy();
    test_description();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
