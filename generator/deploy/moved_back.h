/* moved_back.h - what apply and diff report about lambdas that gordon rollback moved back. A change
 * of the function publishes a version and moves `current` forward to it; otherwise it stays. */
#ifndef DEPLOY_MOVED_BACK_H
#define DEPLOY_MOVED_BACK_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct aws;
struct changes;
struct rollback;

struct moved_back {
    struct rollback *marks; /* the latest first; the first one of a lambda counts */
    size_t n;
    bool *forward; /* for each mark: the change makes it obsolete */
};

/* Reads the marks in a listing of the code bucket; a second call does nothing. */
void moved_back_read(struct moved_back *moved, struct arena *arena, const json_t *listing);
/* Notes which lambdas these changes of the stack of resources move forward or delete. */
void moved_back_change(struct moved_back *moved, const struct changes *changes);
/* Reports a line for each lambda that was moved back: whether it stays back. `done` says that the
 * change was made, not only shown. */
void moved_back_report(const struct moved_back *moved, bool done);
/* Deletes the obsolete marks. A failure is only a warning, because a mark that stays only causes a
 * wrong line later. */
void moved_back_forget(const struct moved_back *moved, struct aws *aws, const char *bucket);

#endif
