/* moved_back.h - what apply and diff say of lambdas that gordon rollback has moved back: a change
 * of the function publishes a version, and moves `current` forward to it; without one it stays. */
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
    struct rollback *marks; /* of each lambda one, and older ones of it */
    size_t n;
    bool *forward; /* which of them are over once the change is made */
};

/* Reads the marks in a listing of the code bucket; a second reading changes nothing. */
void moved_back_read(struct moved_back *moved, struct arena *arena, const json_t *listing);
/* Notes which lambdas these changes of the stack of resources move forward, or take away. */
void moved_back_change(struct moved_back *moved, const struct changes *changes);
/* A line for each lambda that was moved back: whether it stays so; `done`: what was to be changed
 * was changed. */
void moved_back_report(const struct moved_back *moved, bool done);
/* Takes the marks away that are over. That they stay would be no harm but a wrong line later, so
 * that a failure is only a warning. */
void moved_back_forget(const struct moved_back *moved, struct aws *aws, const char *bucket);

#endif
