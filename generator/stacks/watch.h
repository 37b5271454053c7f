/* watch.h - following what CloudFormation does to a stack until it is over. */
#ifndef STACKS_WATCH_H
#define STACKS_WATCH_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct aws;

struct stack_watch {
    struct aws *aws;
    const char *name;  /* of the stack, for people */
    const char *id;    /* its ARN, by which it is seen when it is gone; or its name */
    const char *token; /* the ClientRequestToken of what was begun; NULL: only the end counts */
    size_t total;      /* resources that change; 0 when that is not known */
    long timeout;      /* seconds; ends the waiting, not the stack */
};

/* Looks at it, soon at first and then less and less often, and shows the events, until `over` is
 * true of its description (json_null when it is gone). Gives that (new), or NULL after an error, of
 * which a signal and the time are two. A look that fails is tried again a few times. */
json_t *stack_watch(const struct stack_watch *watch, bool (*over)(const json_t *described));
/* All events of what was begun (new), or without a token of what was begun last. */
json_t *stack_watch_events(const struct stack_watch *watch);

#endif
