/* notes.h - what a build system wants to know of a run: which files were read, and that it ended.
 */
#ifndef BUILD_NOTES_H
#define BUILD_NOTES_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;

/* Each may be NULL. Files that a depfile cannot name are named there by links to them, in
 * `<depfile>.links`: to look at a link is to look at what it leads to. */
struct notes {
    const char *depfile;    /* gets what was read */
    const char *ninja_root; /* where Ninja runs: what is in there it knows by relative names only */
    const char *forget;     /* is taken away, so that the depfile is read again */
    struct collection *inputs; /* gets what was read, with its stamps */
    const char *stamp; /* is touched at the end, and is what the depfile is about; else `output` */
};

/* An edge that has a plan, which may be NULL, and names no depfile has one beside the plan. */
void notes_of_plan(struct arena *arena, struct notes *notes, const char *plan, const char *suffix);
/* Writes them for a run that made `output` from `inputs`. With a stamp, outputs that nothing else
 * writes should be among the inputs: Make, which has no rule for them, then misses one that is
 * gone. False after an error that was reported. */
bool notes_write(const struct notes *notes, const char *output, const char *const *inputs,
                 size_t n);

#endif
