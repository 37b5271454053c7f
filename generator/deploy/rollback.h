/* rollback.h - marks in the code bucket that tell which lambdas were moved back to older versions.
 *
 * The stack knows nothing of that: its alias still says the newest version, and stays as it is
 * until a newer one is published. A mark is an empty object whose key says everything,
 *
 *     rollbacks/<logical id>/<function>/<version>-<newest>
 *
 * so that the listing that apply makes anyway tells of all of them. `gordon rollback` writes it,
 * and takes away what marks the lambda had; a mark has to go when `current` is moved forward. */
#ifndef DEPLOY_ROLLBACK_H
#define DEPLOY_ROLLBACK_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct aws;

struct rollback {
    const char *id;       /* the function's logical id: lambda->id */
    const char *function; /* its name in AWS */
    long version;         /* that `current` was moved back to */
    long newest;          /* there was then */
    /* of those that were read: */
    const char *since;        /* when, as AWS writes times */
    const char *key, *object; /* in the bucket: its key, and the object's version */
};

/* All marks in a listing of aws_list_versions, in `arena`, the latest first; of one lambda the
 * first counts. */
void rollback_read(struct arena *arena, const json_t *listing, struct rollback **marks, size_t *n);
/* The mark of the lambda with this logical id, or NULL. */
const struct rollback *rollback_of(const struct rollback *marks, size_t n, const char *id);
/* The key that says what the first four say. */
const char *rollback_key(struct arena *arena, const struct rollback *mark);
/* Writes marks, by one upload; false after an error. */
bool rollback_write(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n);
/* Takes marks away that were read, at most 1000, by one call; false after an error. */
bool rollback_forget(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n);

#endif
