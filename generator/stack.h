/* stack.h - one CloudFormation stack, changed by change sets and deleted. */
#ifndef STACK_H
#define STACK_H
#include <jansson.h>
#include <stdbool.h>

struct aws;
struct pos;

struct stack_change {
    struct aws *aws;
    const char *name;
    const char *body;   /* the template; or NULL with */
    const char *url;    /* where it is, for a large one */
    json_t *parameters; /* names to strings; borrowed */
    long timeout;       /* seconds; ends the waiting, not the stack */
    /* Where the settings ask for a resource; false when that is not known. */
    bool (*place)(const char *id, struct pos *pos, void *data);
    /* Told of each event of a resource that failed; true when the caller mends that and applies
     * again, so that it is no error. May be NULL. */
    bool (*mends)(const json_t *event, void *data);
    void *data;
};

/* Makes the stack be as described: creates or updates it, and waits for the end. Prints its status
 * on standard output. Gives the stack's description (new), or NULL after an error that was
 * reported: the first failing resource and its reason; or NULL without one, when `mends` was true.
 */
json_t *stack_apply(const struct stack_change *change);
/* Deletes a stack and waits for the end; a stack that is not there is no error. */
bool stack_delete(struct aws *aws, const char *name, long timeout);
/* The status of a description, or "". */
const char *stack_status(const json_t *stack);
/* The value of an output of a description, or NULL. */
const char *stack_output(const json_t *stack, const char *name);

#endif
