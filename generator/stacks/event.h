/* event.h - what CloudFormation tells of a stack's operations: which of the events tell why
 * one failed, and how that is told to people. Events are lists of JSON objects, newest first. */
#ifndef STACKS_EVENT_H
#define STACKS_EVENT_H
#include <jansson.h>
#include <stdbool.h>

struct aws;
struct pos;

/* Those of the operation that was begun with this ClientRequestToken, or of the newest one where it
 * is NULL, as a new list; all of them where no event has one. */
json_t *stack_events_of(const json_t *events, const char *token);

/* An operation that failed. */
struct stack_failure {
    const struct aws *aws;
    const char *stack;  /* its name, */
    const char *id;     /* its ARN, for a link; or NULL, */
    const char *status; /* its status, */
    const char *reason; /* and what AWS says of it, or "" */
    const json_t *events;
    /* Where the settings ask for a resource; false when that is not known. May be NULL. */
    bool (*place)(const char *id, struct pos *pos, void *data);
    void *data;
};

/* Reports the first resource that failed, why, the line it comes from, what that means where AWS
 * says it badly, and a link to the events. Always false. */
bool stack_failure_report(const struct stack_failure *failure);

#endif
