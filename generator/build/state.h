/* state.h - records what `gordon build` has read and written, so that the next build sees what has
 * changed since.
 *
 * The state has a part for each lambda, named by its reference, and the part "" for the settings,
 * the templates and the printed text. A part is current if its files, its `made_by` and the answers
 * to its facts are unchanged. */
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
    const char *made_by; /* a digest of what else decides, besides files and facts */
    const char *text;    /* what was printed; "" for a lambda */
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

/* Reads the state of an earlier build. There are no parts if its file is missing, broken or in
 * another format. Returns false after reporting that it cannot be read. */
bool state_load(struct state *state, struct arena *arena, const char *path);
/* The part with this name if it is current, or NULL. */
const struct state_part *state_current(const struct state *state, const char *name,
                                       const char *made_by);
/* Appends a part to the text that state_save writes. */
void state_add(struct buf *out, const struct state_part *part);
/* Add a file to a part: one that was read, with its stamp from before that, or one that this build
 * has written. `path` must live as long as the part. */
void state_add_input(struct arena *arena, struct state_part *part, const char *path,
                     struct file_stamp stamp);
void state_add_output(struct arena *arena, struct state_part *part, const char *path);
/* Adds a fact, see fact.h. */
void state_add_fact(struct arena *arena, struct state_part *part, const struct fact *fact);
/* Writes the parts that were added to `out`. Errors are ignored: the next build then does more. */
void state_save(const char *path, const struct buf *out);
/* Warns if a file of the project in `dir` has changed since `gordon build` wrote `output`, because
 * the command uses the older build. Parameters do not count: the command reads them itself.
 * Returns false after reporting that the state cannot be read. */
bool state_warn(struct arena *arena, const char *dir, const char *output);
/* Identifies this program: a digest of its file's stamp. */
const char *state_program(struct arena *arena);

#endif
