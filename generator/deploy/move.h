/* move.h - `current` of lambdas moved to other versions: back, and forward again. */
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
    const char *to; /* a version, or MOVE_NEWEST; NULL: the one before */
    bool dry_run, json;
};

/* Moves them, notes by marks which are back (rollback.h), and prints from where to where. Before
 * anything is moved it is known that all that were named can be. False after an error. */
bool move_run(struct deployment *deployment, const struct model *model,
              const struct move_options *options);

#endif
