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
    const char *calmly; /* what really happens, if that is less than AWS says; or NULL */
    bool perhaps, kept; /* perhaps: AWS decides during the change whether it replaces the resource;
                         * kept: a resource that is removed from the stack stays in AWS */
};

struct changes {
    struct change *items; /* by kind as in the enum, then by id */
    size_t n;
};

/* Finds the place in the settings that asks for a resource; false if it is unknown. Sets `*alone`
 * to whether it asks for no other one, as a fragment does. */
typedef bool change_place(const char *id, struct pos *pos, bool *alone, void *data);

/* Returns the changes in an answer of describe-change-set. Texts are in `arena`, here and below. */
struct changes changes_of_set(struct arena *arena, const json_t *answer);
/* Returns the changes of a template for a new stack: all resources are added. */
struct changes changes_of_template(struct arena *arena, const json_t *template);
/* Whether every change in `now` is in `shown` too, and is not worse than there. */
bool changes_within(const struct changes *now, const struct changes *shown);
/* Reports a line for each change; `place` may be NULL. The text has the places of resources that
 * stand alone: the others of a lambda are known by its name. */
void changes_report(const struct changes *changes, change_place *place, void *data);
/* Adds the numbers of changes of each kind to `counts`. */
void changes_count(const struct changes *changes, size_t counts[CHANGE_KINDS]);

#endif
