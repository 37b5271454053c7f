/* move.h - moves the alias `current` of lambdas to other versions: back, and forward again. */
#ifndef DEPLOY_MOVE_H
#define DEPLOY_MOVE_H
#include <stdbool.h>
#include <stddef.h>

struct deployment;
struct model;

#define MOVE_NEWEST "newest"

struct move_options {
    const char *const *lambdas; /* "app.name"; none: all that are not Gordon's own */
    size_t n;
    const char *to; /* a version, or MOVE_NEWEST; NULL: the previous version */
    bool dry_run, json;
};

/* Moves the aliases, marks those that are back (deploy/rollback.h), and prints each move. Nothing
 * is moved unless all named lambdas can be moved. False after an error that was reported. */
bool move_run(struct deployment *deployment, const struct model *model,
              const struct move_options *options);

#endif
