/* notes.h - what a run tells the build system: which files it read, and that it has ended. */
#ifndef SOURCES_NOTES_H
#define SOURCES_NOTES_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;

#define NOTES_RECORD ".read" /* the record of a run is called <depfile>.read */

/* Each may be NULL. If a depfile cannot hold a file's name, it names a symbolic link to the file,
 * in `<depfile>.links`: the build system sees the times of the link's target. */
struct notes {
    const char *depfile;    /* gets the inputs */
    const char *ninja_root; /* where Ninja runs: it knows files in there by relative names only */
    const char *forget;     /* is removed, so that the build system reads the depfile again */
    struct collection *inputs; /* gets the inputs with their stamps */
    const char *record;        /* gets them too, as a state (state.h), for edited.h */
    const char *stamp; /* is touched at the end; the target in the depfile instead of `output` */
};

/* Names the depfile `<plan><suffix>` if there is a plan and the depfile has no name yet, and the
 * record. `plan` may be NULL. */
void notes_of_plan(struct arena *arena, struct notes *notes, const char *plan, const char *suffix);
/* Writes the notes of a run that made `output` from `inputs`. With a stamp, `inputs` should include
 * outputs that nothing else writes: Make has no rule for them, and
 * this is how it notices that one is gone. Returns false after a reported error. */
bool notes_write(const struct notes *notes, const char *output, const char *const *inputs,
                 size_t n);

#endif
