/* collect.h - the files of a folder as entries of a zip. */
#ifndef BUILD_COLLECT_H
#define BUILD_COLLECT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/file.h"  /* for struct file_stamp */
#include "build/fact.h" /* for struct fact */

struct arena;
struct pack_entry;

struct collection {
    struct arena *arena;
    struct pack_entry *entries;
    size_t nentries;
    const char **inputs;       /* every file and folder that was looked at, for a depfile */
    struct file_stamp *stamps; /* of the inputs, from before they were read; only with `stamped` */
    size_t ninputs;
    bool stamped;
    struct fact *facts; /* what was asked besides files */
    size_t nfacts;
    const char *const *skip; /* absolute paths that are left out, NULL-terminated; or NULL */
};

/* Adds the files under `dir` by their paths in it, but for what is never packed. Links are followed
 * where they stay under `root` (absolute). What is wrong is reported at the file. */
bool collect_dir(struct collection *collection, const char *dir, const char *root);
/* Adds one file as `name`. */
bool collect_file(struct collection *collection, const char *path, const char *name);
/* Whether the code itself is no link that leads out of `root`; reports it if it is. */
bool collect_check_code(const char *code, const char *root);
/* Notes the folder of each link that a path leads through, where that lies in `root`: who looks at
 * a file sees what it leads to, and not that it leads elsewhere now. */
void collect_links(struct collection *collection, const char *path, const char *root);
/* Notes a file or folder that was read, without packing it. */
void collect_input(struct collection *collection, const char *path);
/* Notes what was asked; both texts outlive the collection. */
void collect_fact(struct collection *collection, const char *question, const char *answer);
/* Notes what another collection has noted. */
void collect_inputs_of(struct collection *collection, const struct collection *other);
/* Copies entries into the folder `to`: links are followed, as in a zip. */
bool collect_copy(struct arena *arena, const struct pack_entry *entries, size_t n, const char *to);
/* Sorts the entries; of two with one name the first added stays. */
void collect_sort(struct collection *collection);

#endif
