/* change_set.h - a change set of CloudFormation: made, worked out by AWS, looked at, carried out or
 * taken away again. */
#ifndef STACKS_CHANGE_SET_H
#define STACKS_CHANGE_SET_H
#include <jansson.h>
#include <stdbool.h>

#include "stacks/change.h"

struct arena;
struct aws;

#define CHANGE_SET_PREFIX "gordon-" /* of names and tokens */

struct change_set {
    /* set by the caller */
    struct aws *aws;
    const char *stack;
    const char *body;         /* the template; or NULL with */
    const char *url;          /* where it is, for a large one */
    const json_t *parameters; /* names to strings */
    bool create;              /* the stack is not there */
    bool reviewed;            /* but somebody has a change set of it */
    long timeout;             /* seconds */
    const char *beside;       /* a stack that is described meanwhile, or NULL */
    /* set by change_set_make */
    const char *name;
    json_t *answer;         /* of describe-change-set */
    struct changes changes; /* in it */
    json_t *beside_found; /* the description of `beside`, as it is now; json_null when it is gone */
};

enum change_set_state {
    CHANGE_SET_READY,
    CHANGE_SET_EMPTY,
    CHANGE_SET_FAILED, /* which was reported, as it is when AWS refuses to make one, ... */
    CHANGE_SET_BUSY,   /* ... but for this: something else changes the stack, says aws->error */
};

/* Makes one, and waits until AWS has worked it out. An empty or failed one is taken away again,
 * with the stack that AWS made for it. */
enum change_set_state change_set_make(struct change_set *set);
/* Takes it away, and with it the stack that AWS made for it, so that nothing is left. */
bool change_set_delete(struct change_set *set);
/* Takes away one that could not be carried out, if AWS does not carry it out all the same, which
 * refuses that then; a stack that was made for it stays. Keeps aws->error. */
void change_set_forget(struct change_set *set);
/* A name for what is begun now, that no other gordon gives: of a change set, or a
 * ClientRequestToken. In `arena`. */
const char *change_set_token(struct arena *arena);
/* Frees what change_set_make gave, but for the changes. */
void change_set_release(struct change_set *set);

#endif
