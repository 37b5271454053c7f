/* rollback.h - marks in the code bucket that say which lambdas were moved back to older versions.
 *
 * The stack does not know that: in its template the alias has the newest version, and
 * CloudFormation leaves the alias alone until a newer one is published. A mark is an empty object
 * whose key has all data,
 *
 *     rollbacks/<logical id>/<function>/<version>-<newest>
 *
 * so that the listing that apply reads anyway has all marks. `gordon rollback` writes a mark and
 * deletes the lambda's other marks. A mark must be deleted when `current` is moved forward. */
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
    long newest;          /* the newest version at that time */
    /* set by rollback_read: */
    const char *since;        /* when it was written, in the format of AWS */
    const char *key, *object; /* in the bucket: its key, and the object's version */
};

/* Reads all marks in a listing of aws_list_versions into `arena`, the latest first. If a lambda has
 * several, the first one counts. */
void rollback_read(struct arena *arena, const json_t *listing, struct rollback **marks, size_t *n);
/* Returns the first mark of the lambda with this logical id, or NULL. */
const struct rollback *rollback_of(const struct rollback *marks, size_t n, const char *id);
/* Returns the key of a mark, made of the first four members. */
const char *rollback_key(struct arena *arena, const struct rollback *mark);
/* Writes marks, by one upload; false after an error. */
bool rollback_write(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n);
/* Deletes marks of rollback_read, at most 1000, by one call; false after an error. */
bool rollback_forget(struct aws *aws, const char *bucket, const struct rollback *marks, size_t n);

#endif
