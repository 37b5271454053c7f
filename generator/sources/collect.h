/* collect.h - collects the files of a folder as entries of a zip. */
#ifndef SOURCES_COLLECT_H
#define SOURCES_COLLECT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/file.h"    /* for struct file_id */
#include "base/stamp.h"   /* for struct file_stamp */
#include "sources/fact.h" /* for struct fact */

struct arena;
struct credentials;
struct pack_entry;

/* What is not packed although it is in the code folder. */
struct left_out {
    const char *const *paths;         /* absolute, NULL-terminated; left out silently */
    const struct file_id *parameters; /* an error, by whatever path they are reached */
    size_t nparameters;
    bool java; /* also what Maven, Gradle and other tools leave in any folder, and hidden folders */
    bool installed; /* the files are not a user's, but a tool's: build trees are not left out */
};

struct collection {
    struct arena *arena;
    struct pack_entry *entries;
    size_t nentries;
    const char **inputs;       /* every file and folder that was looked at, for a depfile */
    struct file_stamp *stamps; /* of the inputs, taken before they were read; only if `stamped` */
    size_t ninputs;
    size_t ninstall; /* the first of the inputs, by which the dependencies are installed */
    bool stamped;
    struct fact *facts; /* what else the entries depend on */
    size_t nfacts;
    const struct left_out *left_out; /* of a code folder; or NULL */
    struct credentials *credentials; /* of a code folder: gets those that are in it; or NULL */
};

/* Adds all files under `dir`, named by their paths in it, except those in `left_out`, those that
 * ignore.h leaves out, and folders that tools of Python leave: virtual environments, builds of
 * setuptools, and *.egg-info without a version. Of a code folder, also leaves out build trees of
 * CMake and of Gordon, because they change with each build, and credentials. Follows links that
 * stay within `root` (absolute). Reports each error (EXIT_BUILD) at its file, and then returns
 * false. */
bool collect_dir(struct collection *collection, const char *dir, const char *root);
/* Adds one file as `name`. The caller has checked links on the way to it (base/root.h). */
bool collect_file(struct collection *collection, const char *path, const char *name);
/* Adds the files of a zip that another tool made (archive/zip_take.h). The caller has checked
 * links.
 */
bool collect_zip(struct collection *collection, const char *path);
/* Notes as inputs the folders of all links in `root` that `path` goes through (root_links). */
void collect_links(struct collection *collection, const char *path, const char *root);
/* Notes a file or folder as an input, without packing it. */
void collect_input(struct collection *collection, const char *path);
/* The same with a stamp from before it was read, if the collection is stamped. */
void collect_stamped(struct collection *collection, const char *path, struct file_stamp stamp);
/* Notes that a file is missing, which would be an input. Without stamps, which say so, notes the
 * folder in which it would appear. */
void collect_missing(struct collection *collection, const char *path);
/* The inputs for a depfile, which cannot name a missing file: it names the folder. `stamps` may be
 * NULL. */
const char **collect_visible(struct arena *arena, const char *const *inputs,
                             const struct file_stamp *stamps, size_t n);
/* Notes a fact, see fact.h. Both texts must outlive the collection. */
void collect_fact(struct collection *collection, const char *question, const char *answer);
/* Notes the inputs of another collection, but not its facts. */
void collect_inputs_of(struct collection *collection, const struct collection *other);
/* Copies the files of entries into the folder `to`. Links are followed, as in a zip. Returns false
 * after a reported error (EXIT_BUILD). */
bool collect_copy(struct arena *arena, const struct pack_entry *entries, size_t n, const char *to);
/* Sorts the entries by name. Of several with the same name, the first that was added stays. */
void collect_sort(struct collection *collection);

#endif
