/* stack.h - changes a CloudFormation stack by change sets, and deletes it. */
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
    json_t *found;      /* as AWS described it before; json_null: it does not exist */
    const char *body;   /* the template, */
    const char *url;    /* or the URL of a large one; NULL: `body` is sent */
    json_t *parameters; /* names to strings, see change_set.h; borrowed */
    json_t *imports;    /* see change_set.h; borrowed */
    const char *digest; /* of all that, see stacks/digest.h; or NULL */
    long timeout;       /* seconds; ends the waiting, not the operation */
    bool wait;          /* for other operations on it; else they are EXIT_STACK_BUSY */
    const char *beside; /* a stack whose latest description `agree` gets, or NULL */
    /* Called before anything changes; false, after an error that it reports, stops the change. May
     * remove changes that will have no effect. May be NULL. */
    bool (*agree)(struct changes *changes, const json_t *beside, void *data);
    /* Finds the place in the settings that asks for a resource; false if it is unknown. */
    bool (*place)(const char *id, struct pos *pos, void *data);
    /* Called for each event of a resource that failed; true if the caller fixes the cause and
     * applies again, so that it is not an error. May be NULL. */
    bool (*mends)(const json_t *event, void *data);
    void *data;
};

/* Creates or updates the stack, and waits for the end. Reports its status as a line of the step.
 * Returns the stack's description (new); NULL after an error that was reported, with the first
 * resource that failed and its reason; NULL without an error if `mends` was true. */
json_t *stack_apply(const struct stack_change *change);
/* Waits until the stack, as it was described before, takes changes again: for operations that an
 * earlier apply began, and for cleanups. An operation of somebody else is waited for with `wait`,
 * else it is an error (EXIT_STACK_BUSY). Returns the description (new); NULL after an error. */
json_t *stack_settle(struct aws *aws, const char *name, json_t *described, long timeout, bool wait);
/* Whether a gordon began the operation in progress, perhaps one that was interrupted. */
bool stack_began_here(struct aws *aws, const json_t *described);
/* Deletes a stack, as it was described before, and waits for the end. A stack that does not exist
 * is not an error, and a deletion in progress is waited for. False after an error. */
bool stack_delete(struct aws *aws, const char *name, const json_t *described, long timeout);

#endif
