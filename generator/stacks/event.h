/* event.h - finds and reports in a stack's events why an operation failed. Events are lists of JSON
 * objects, newest first. */
#ifndef STACKS_EVENT_H
#define STACKS_EVENT_H
#include <jansson.h>
#include <stdbool.h>

struct aws;
struct pos;

struct stack_operation {
    const char *stack;  /* its name */
    const char *token;  /* its ClientRequestToken; NULL: the newest operation */
    const char *begins; /* the stack's status at its start, as "DELETE_IN_PROGRESS"; NULL: any */
};

/* Returns the events (a new list) of an operation. If no event has a token, as with some emulators,
 * these are the events since the stack's newest start, and none if that start has another status:
 * the first event of the operation is not there yet. */
json_t *stack_events_of(const json_t *events, const struct stack_operation *operation);

/* An operation that failed. */
struct stack_failure {
    const struct aws *aws;
    const char *stack;  /* its name */
    const char *id;     /* its ARN, for a link; or NULL */
    const char *status; /* its status */
    const char *reason; /* AWS's reason for the status, or "" */
    const json_t *events;
    /* Finds the place in the settings that asks for a resource; false if unknown. May be NULL. */
    bool (*place)(const char *id, struct pos *pos, void *data);
    void *data;
};

/* Reports the first resource that failed, AWS's reason, the line of the settings that asks for it,
 * an explanation if the reason is unclear, and a link to the events. Always false. */
bool stack_failure_report(const struct stack_failure *failure);

#endif
