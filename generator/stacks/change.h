/* change.h - what a change set would do to a stack's resources. */
#ifndef STACKS_CHANGE_H
#define STACKS_CHANGE_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;

enum change_kind { CHANGE_ADD, CHANGE_MODIFY, CHANGE_REPLACE, CHANGE_REMOVE, CHANGE_KINDS };

struct change {
    enum change_kind kind;
    const char *id, *type;
    const char *why;    /* the properties that change: "Code, MemorySize"; or "" */
    const char *calmly; /* what they come to, where that is less than AWS says; or NULL */
    bool perhaps, kept; /* perhaps: AWS replaces it only if a value turns out so; kept: a resource
                         * that is removed from the stack stays in AWS */
};

struct changes {
    struct change *items; /* by kind as in the enum, then by id */
    size_t n;
};

/* Where the settings ask for a resource; false when that is not known. */
typedef bool change_place(const char *id, struct pos *pos, void *data);

/* Of the answer of describe-change-set. The texts are in `arena`, here and below. */
struct changes changes_of_set(struct arena *arena, const json_t *answer);
/* Of a template for a stack that is not there: all is added. */
struct changes changes_of_template(struct arena *arena, const json_t *template);
/* Whether everything in `now` is in `shown` too, and nothing worse happens to it. */
bool changes_within(const struct changes *now, const struct changes *shown);
/* Prints a line for each; `place` may be NULL. */
void changes_report(const struct changes *changes, change_place *place, void *data);
/* Counts them by kind. */
void changes_count(const struct changes *changes, size_t counts[CHANGE_KINDS]);

#endif
