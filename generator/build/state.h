/* state.h - what a build of `gordon build` has read and written, so that the next one sees what has
 * changed since.
 *
 * It has parts: one for each lambda, by its reference, and "" for the settings, the templates and
 * what was said. A part is current when all its files are as they were, what it was made by is,
 * and what was asked has the same answers. */
#ifndef BUILD_STATE_H
#define BUILD_STATE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct diag_warned */
#include "base/file.h" /* for struct file_stamp */
#include "base/util.h"
#include "build/fact.h" /* for struct fact */

struct state_part {
    const char *name;
    const char *made_by; /* a digest of all that decides besides the files */
    const char *text;    /* what it printed; "" for a lambda */
    const char **files;  /* absolute */
    struct file_stamp *stamps;
    size_t nfiles;
    struct fact *facts;
    size_t nfacts;
    const struct diag_warned *warned;
    size_t nwarned;
};

struct state {
    struct arena *arena;
    struct table parts; /* name to struct state_part */
    const struct state_part **list;
    size_t nlist;
};

/* Reads the file of an earlier build; without one, or with one that is broken or of another
 * program, there are no parts. */
void state_load(struct state *state, struct arena *arena, const char *path);
/* The part of this name if it is current, else NULL. */
const struct state_part *state_current(const struct state *state, const char *name,
                                       const char *made_by);
/* Adds a part to a text that state_save writes. */
void state_add(struct buf *out, const struct state_part *part);
/* Adds a file to a part in an arena: one that was read, with its stamp from before that, or one
 * that this build has written. */
void state_add_input(struct arena *arena, struct state_part *part, const char *path,
                     struct file_stamp stamp);
void state_add_output(struct arena *arena, struct state_part *part, const char *path);
/* Adds what was asked besides files. */
void state_add_fact(struct arena *arena, struct state_part *part, const struct fact *fact);
/* Writes the parts that were added to `out`; without it the next build does everything again. */
void state_save(const char *path, const struct buf *out);
/* Warns when a file of the project in `dir` has changed since the build of `gordon build` into
 * `output`: what is told of, or applied, is not that. Parameters are read only then. */
void state_warn(struct arena *arena, const char *dir, const char *output);
/* What tells this program from another one: a digest of its file's stamp. */
const char *state_program(struct arena *arena);

#endif
