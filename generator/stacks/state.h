/* state.h - the states of CloudFormation's stacks, and what each means for who wants to
 * change one (CloudFormation User Guide, "Stack status codes"). */
#ifndef STACKS_STATE_H
#define STACKS_STATE_H
#include <jansson.h>
#include <stdbool.h>

enum stack_state {
    STACK_MISSING,      /* it is not there, or was deleted */
    STACK_STEADY,       /* it takes changes */
    STACK_NEVER_MADE,   /* its making failed: it takes none, and has nothing in it */
    STACK_UNDER_REVIEW, /* it is only a change set that nobody carried out yet */
    STACK_CLEANING,     /* done, but for what it replaced */
    STACK_MOVING,       /* something changes it */
    STACK_STUCK,        /* somebody has to do something first */
};

/* Of a description of AWS, or json_null. */
enum stack_state stack_state(const json_t *described);
/* Whether a status, which an event can have too, says that something changes the stack. */
bool stack_is_moving(const char *status);
/* Whether what was begun has ended well, or is only cleaning up. */
bool stack_succeeded(const json_t *described);
/* Reports that a stack of this name is stuck, with the command that helps; always false. */
bool stack_refuse_stuck(const char *name, const json_t *described);
/* Reports that it cannot be deleted while it is protected, with the command that ends that; true
 * when it is not. */
bool stack_check_protection(const char *name, const json_t *described);
/* Whether an error of AWS says that somebody else works on the stack, or has. */
bool stack_says_busy(const char *error);
/* Reports such an error; always false. */
bool stack_refuse_busy(const char *name, const char *error);

#endif
