#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "stacks/description.h"
#include "stacks/state.h"

static const struct pos nowhere = {0};

static const struct state {
    const char *status;
    enum stack_state state;
    bool succeeded;
    const char *helps; /* of a stuck one: what comes before it, and the command */
} states[] = {
    {"", STACK_MISSING, false, NULL},
    {"DELETE_COMPLETE", STACK_MISSING, false, NULL},
    {"CREATE_COMPLETE", STACK_STEADY, true, NULL},
    {"UPDATE_COMPLETE", STACK_STEADY, true, NULL},
    {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", STACK_CLEANING, true, NULL},
    {"UPDATE_ROLLBACK_COMPLETE", STACK_STEADY, false, NULL},
    {"UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", STACK_CLEANING, false, NULL},
    {"IMPORT_COMPLETE", STACK_STEADY, true, NULL},
    {"IMPORT_ROLLBACK_COMPLETE", STACK_STEADY, false, NULL},
    {"REVIEW_IN_PROGRESS", STACK_UNDER_REVIEW, false, NULL},
    {"ROLLBACK_COMPLETE", STACK_NEVER_MADE, false, NULL},
    {"UPDATE_ROLLBACK_FAILED", STACK_STUCK, false,
     "see its events for the resource, mend it, and run: aws cloudformation "
     "continue-update-rollback"},
    {"UPDATE_FAILED", STACK_STUCK, false,
     "see its events for the resource, mend it, and run: aws cloudformation rollback-stack"},
    {"IMPORT_ROLLBACK_FAILED", STACK_STUCK, false,
     "see its events for the resource, mend it, and run: aws cloudformation rollback-stack"},
};

/* Those that are not in the table, as AWS may have new ones, by how they end. */
static const struct state endings[] = {
    {"_IN_PROGRESS", STACK_MOVING, false, NULL},
    {"_COMPLETE", STACK_STEADY, false, NULL},
    {"_FAILED", STACK_STUCK, false,
     "only deletion ends that; run: aws cloudformation delete-stack"},
    {"", STACK_STUCK, false,
     "which this Gordon does not know; see: aws cloudformation describe-stack-events"},
};

static const struct state *find_status(const char *status)
{
    for (size_t i = 0; i < countof(states); i++)
        if (strcmp(states[i].status, status) == 0)
            return &states[i];
    const struct state *ending = endings;
    while (!str_ends(status, ending->status))
        ending++;
    return ending;
}

static const struct state *find(const json_t *described)
{
    return find_status(stack_status(described));
}

bool stack_is_moving(const char *status)
{
    return find_status(status)->state == STACK_MOVING;
}

enum stack_state stack_state(const json_t *described)
{
    return find(described)->state;
}

bool stack_succeeded(const json_t *described)
{
    return find(described)->succeeded;
}

bool stack_refuse_stuck(const char *name, const json_t *described)
{
    return diag_error(EXIT_STACK_FAILED, nowhere, "stack %s is %s; %s --stack-name %s", name,
                      stack_status(described), find(described)->helps, name);
}

bool stack_check_protection(const char *name, const json_t *described)
{
    if (!json_is_true(json_object_get(described, "EnableTerminationProtection")))
        return true;
    return diag_error(EXIT_STACK_FAILED, nowhere,
                      "stack %s is protected from being deleted; if it is to go all the same, run: "
                      "aws cloudformation update-termination-protection "
                      "--no-enable-termination-protection --stack-name %s",
                      name, name);
}

bool stack_says_busy(const char *error)
{
    static const char *const words[] = {"_IN_PROGRESS state",
                                        "ChangeSetNotFound",
                                        "InvalidChangeSetStatus",
                                        "OperationInProgress",
                                        "OBSOLETE",
                                        "AlreadyExistsException",
                                        "already exists and cannot be created"};
    for (size_t i = 0; i < countof(words); i++)
        if (strstr(error, words[i]))
            return true;
    return false;
}

bool stack_refuse_busy(const char *name, const char *error)
{
    return diag_error(EXIT_STACK_BUSY, nowhere,
                      "stack %s: something else changes it, too: %s; apply again when that is over",
                      name, error);
}
