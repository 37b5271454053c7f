/* state.h - the states of CloudFormation's stacks, and what each means for a change (CloudFormation
 * User Guide, "Stack status codes"). */
#ifndef STACKS_STATE_H
#define STACKS_STATE_H
#include <jansson.h>
#include <stdbool.h>

enum stack_state {
    STACK_MISSING,      /* it does not exist, or was deleted */
    STACK_STEADY,       /* it takes changes */
    STACK_NEVER_MADE,   /* its creation failed: it takes no changes, and has no resources */
    STACK_UNDER_REVIEW, /* it has only a change set that nobody has executed yet */
    STACK_CLEANING,     /* the operation is over, and AWS still cleans up behind it */
    STACK_MOVING,       /* an operation changes it */
    STACK_STUCK,        /* a person has to do something first */
};

/* Returns the state of a description of AWS, or of json_null. */
enum stack_state stack_state(const json_t *described);
/* Whether a status, of a stack or of an event, says that an operation is in progress. */
bool stack_is_moving(const char *status);
/* Whether the last operation succeeded; it may still be cleaning up. */
bool stack_succeeded(const json_t *described);
/* Reports that a stack of this name is stuck, with the command that helps; always false. */
bool stack_refuse_stuck(const char *name, const json_t *described);
/* Returns true if the stack has no termination protection; otherwise reports that it cannot be
 * deleted, with the command that ends the protection. */
bool stack_check_protection(const char *name, const json_t *described);
/* Whether an error of AWS says that another operation changes the stack, or has changed it. */
bool stack_says_busy(const char *error);
/* Reports such an error; always false. */
bool stack_refuse_busy(const char *name, const char *error);

#endif
