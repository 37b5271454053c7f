/* stack.h - one CloudFormation stack, changed by change sets and deleted. */
#ifndef STACKS_STACK_H
#define STACKS_STACK_H
#include <jansson.h>
#include <stdbool.h>

#include "stacks/change.h" /* for struct changes */

struct aws;
struct pos;

struct stack_change {
    struct aws *aws;
    const char *name;
    json_t *found;      /* as AWS described it before; json_null: it is not there */
    const char *body;   /* the template; or NULL with */
    const char *url;    /* where it is, for a large one */
    json_t *parameters; /* names to strings; borrowed */
    const char *digest; /* of all that, see stack_digest.h; or NULL */
    long timeout;       /* seconds; ends the waiting, not the stack */
    bool wait;          /* for what somebody else does to it, instead of EXIT_STACK_BUSY */
    const char *beside; /* a stack that agree is told of as it is then, or NULL */
    /* Asked, before anything changes, whether it may; false after it has said why not. It may leave
     * changes out that will come to nothing. */
    bool (*agree)(struct changes *changes, const json_t *beside, void *data);
    /* Where the settings ask for a resource; false when that is not known. */
    bool (*place)(const char *id, struct pos *pos, void *data);
    /* Told of each event of a resource that failed; true when the caller mends that and applies
     * again, so that it is no error. May be NULL. */
    bool (*mends)(const json_t *event, void *data);
    void *data;
};

/* Makes the stack be as described: creates or updates it, and waits for the end. Reports its status
 * as a line of the step. Gives the stack's description (new), or NULL after an error that was
 * reported: the first failing resource and its reason; or NULL without one, when `mends` was true.
 */
json_t *stack_apply(const struct stack_change *change);
/* The stack (new) as it was described before, once what an earlier apply began is over, and the
 * cleaning up behind it: until then AWS takes no change. What somebody else began is waited for
 * with `wait`, or else an error (EXIT_STACK_BUSY). NULL after an error. */
json_t *stack_settle(struct aws *aws, const char *name, json_t *described, long timeout, bool wait);
/* Whether what goes on in it was begun by a Gordon, perhaps by one that was interrupted. */
bool stack_began_here(struct aws *aws, const json_t *described);
/* Deletes a stack, as it was described before, and waits for the end; one that is not there is no
 * error, and one that is deleted already is waited for. */
bool stack_delete(struct aws *aws, const char *name, const json_t *described, long timeout);

#endif
