/* watch.h - follows an operation of CloudFormation on a stack until its end. */
#ifndef STACKS_WATCH_H
#define STACKS_WATCH_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct aws;

struct stack_watch {
    struct aws *aws;
    const char *name;   /* of the stack, for people */
    const char *id;     /* its ARN, with which a deleted stack is found too; or its name */
    const char *token;  /* the ClientRequestToken of the operation; NULL: events are not read */
    const char *begins; /* see struct stack_operation */
    size_t total;       /* resources that change; 0 if that is not known */
    long timeout;       /* seconds; ends the waiting, not the operation */
};

/* Describes the stack again and again, at growing intervals, and shows the events, until `over` is
 * true for the description (json_null if the stack is gone). Returns that (new); NULL after an
 * error, also a signal or the end of the time. A call that fails is tried again a few times. */
json_t *stack_watch(const struct stack_watch *watch, bool (*over)(const json_t *described));
/* Returns all events (new) of the operation, or without a token those of the last one. NULL after
 * an error that was reported. */
json_t *stack_watch_events(const struct stack_watch *watch);

#endif
