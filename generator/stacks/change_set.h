/* change_set.h - a change set of CloudFormation: it is created, worked out by AWS, read, and then
 * executed or deleted. */
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
    const char *body;         /* the template, */
    const char *url;          /* or the URL of a large one; NULL: `body` is sent */
    const json_t *parameters; /* names to strings, or to null for the value that the stack has */
    const json_t *imports;    /* ResourcesToImport, and then nothing else may change; or NULL */
    bool create;              /* the stack does not exist, or is only under review */
    bool reviewed;            /* it is under review: somebody has a change set of it */
    long timeout;             /* seconds */
    const char *beside;       /* a stack that is described at the same time, or NULL */
    /* set by change_set_make */
    const char *name;
    json_t *answer;         /* of describe-change-set */
    struct changes changes; /* in it */
    json_t *beside_found;   /* the latest description of `beside`; json_null if it is gone */
};

enum change_set_state {
    CHANGE_SET_READY,
    CHANGE_SET_EMPTY,
    CHANGE_SET_FAILED, /* an error was reported; also if AWS refuses to create a change set */
    CHANGE_SET_BUSY,   /* another operation changes the stack: in aws->error, and not reported */
};

/* Creates a change set, and waits until AWS has worked it out. Deletes an empty or failed one, with
 * the stack that AWS created for it. */
enum change_set_state change_set_make(struct change_set *set);
/* Deletes it, and the stack that AWS created for it. False after an error that was reported. */
bool change_set_delete(struct change_set *set);
/* Deletes a change set whose execution failed. If AWS executes it all the same, it refuses the
 * deletion. A stack that was created for it stays. Keeps aws->error. */
void change_set_forget(struct change_set *set);
/* Returns a new name for a change set, or a new ClientRequestToken, in `arena`. No other gordon
 * makes the same. */
const char *change_set_token(struct arena *arena);
/* Frees what change_set_make set, except the changes. */
void change_set_release(struct change_set *set);

#endif
