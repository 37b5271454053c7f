/* callers.h - what calls which lambda: queues, schedules, routes and others, found in a template,
 * so that those of fragments are there, too. URLs of lambdas are not among them. */
#ifndef DEPLOY_CALLERS_H
#define DEPLOY_CALLERS_H
#include <stdbool.h>
#include <stddef.h>

#include "deploy/caller_text.h" /* for struct caller_scope */

/* One source of one lambda. */
struct caller {
    const char *kind;   /* "queue", "schedule", "route" ... */
    const char *id;     /* the logical id of the resource that makes the lambda be called */
    const char *source; /* for people: the name of a queue, "GET /items" ... */
    const char *lambda; /* "app.name", or the logical id of a function of a fragment */
    bool applied;       /* the stack has this resource */
};

struct callers {
    struct caller_scope in;
    struct caller *list; /* all of one kind together, by id */
    size_t n;
};

/* Finds all of them; `in` is set before. The deployment's arena owns what it makes.
 */
void callers_find(struct callers *callers);

#endif
