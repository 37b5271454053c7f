/* state.h - records what `gordon build` has read and written, so that the next build sees what has
 * changed since. An edge of CMake's build systems writes a state with one part (edited.h).
 *
 * The state has a part for each bundle, named by package_id, and the part "" for the settings,
 * the templates and the printed text. A part is current if its files, its `made_by` and the answers
 * to its facts are unchanged. */
#ifndef BUILD_STATE_H
#define BUILD_STATE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"  /* for struct diag_warned */
#include "base/stamp.h" /* for struct file_stamp */
#include "base/util.h"
#include "sources/fact.h" /* for struct fact */

struct collection;

struct state_part {
    const char *name;
    const char *made_by; /* a digest of what else decides, besides files and facts */
    const char *text;    /* what was printed; of a bundle, see repack.h */
    const char **files;  /* absolute */
    struct file_stamp *stamps;
    long long *contents; /* see archive/content.h */
    size_t nfiles;
    size_t ninstall; /* the first of the files, by which the dependencies are installed */
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
/* Whether file `i` of a part is as it was. If its stamp was not settled, its content is compared.
 */
bool state_same_file(const struct state_part *part, size_t i);
/* The part with this name if it is current, or NULL. */
const struct state_part *state_current(const struct state *state, const char *name,
                                       const char *made_by);
/* Whether file `i` of a part has the content that it had, whatever its stamp. */
bool state_same_content(const struct state_part *part, size_t i);
/* Appends a part to the text that state_save writes. */
void state_add(struct buf *out, const struct state_part *part);
/* Add a file to a part: one that was read, with its stamp from before that, or one that this build
 * has written. `path` must live as long as the part. */
void state_add_input(struct arena *arena, struct state_part *part, const char *path,
                     struct file_stamp stamp);
void state_add_output(struct arena *arena, struct state_part *part, const char *path);
/* Adds a fact, see fact.h. */
void state_add_fact(struct arena *arena, struct state_part *part, const struct fact *fact);
/* Adds the inputs and the facts of a collection with stamps. */
void state_add_seen(struct arena *arena, struct state_part *part, const struct collection *seen);
/* Writes the parts that were added to `out`. If that fails there is no state: the next build then
 * does more. */
void state_save(const char *path, const struct buf *out);
/* Writes a state with one part, which has the inputs and facts of a collection with stamps. An edge
 * of another build system records with it what it has read. */
void state_save_one(const char *path, const char *name, const char *made_by,
                    const struct collection *seen);
/* Identifies this program: a digest of its file's stamp. */
const char *state_program(struct arena *arena);

#endif
