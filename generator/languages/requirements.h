/* requirements.h - what pip is told to install: read from requirements files, from the files that
 * these include, from arguments, or from the export of another tool.
 *
 * Everything in it that names a file or folder must lead to one in the project. Source: pip's
 * documentation, "Requirements File Format", and its req/req_file.py. Functions that return false
 * have reported errors (EXIT_BUILD) at the lines. */
#ifndef LANGUAGES_REQUIREMENTS_H
#define LANGUAGES_REQUIREMENTS_H
#include <stdbool.h>
#include <stddef.h>

#include "base/root.h" /* for struct root */
#include "base/util.h" /* for struct table */
#include "languages/requirement.h"

struct arena;

struct requirements {
    struct arena *arena;
    struct root root;
    const char *base; /* where the paths of packages start, as pip's working directory does */
    struct requirement *list, *constraints;
    size_t n, nconstraints;
    const char **lines; /* options for pip, such as indexes, as they were written */
    size_t nlines;
    const char **files, **folders; /* files and folders that were read or named, absolute */
    size_t nfiles, nfolders;
    const char **variables; /* names of ${X} that decide, so not those of passwords */
    size_t nvariables;
    bool exported;     /* lines come from no file: messages name its place only */
    bool quiet;        /* reports nothing, and goes on after what would be an error */
    bool only_binary;  /* a line asks for wheels only, or an argument does */
    struct table seen; /* files, by their numbers */
};

/* Begins with nothing. `root` is the project. */
struct requirements requirements_new(struct arena *arena, const char *root, const char *base);
/* Adds the lines of a file, and of those that it includes. */
bool requirements_read(struct requirements *requirements, const char *path);
/* Adds lines that come from no file, such as an export. Messages name `pos`. */
bool requirements_read_text(struct requirements *requirements, struct pos pos, char *text);
/* Adds one requirement without options. */
bool requirements_add(struct requirements *requirements, struct pos pos, const char *text);
/* Adds a local package or file, by its path. */
bool requirements_add_path(struct requirements *requirements, struct pos pos, const char *path);
/* Adds an index by its URL, unless it is the usual one, or the folder of one. */
bool requirements_add_index(struct requirements *requirements, struct pos pos, const char *index);
/* Notes a file that decides. */
void requirements_note_file(struct requirements *requirements, const char *path);
/* Adds those of pip's arguments that name requirements, files or folders. Appends the others to
 * `words`. */
bool requirements_read_arguments(struct requirements *requirements, struct pos pos,
                                 const char *const *arguments, size_t n, const char ***words,
                                 size_t *nwords);
/* A requirement of the list by its name, or NULL. */
struct requirement *requirements_find(const struct requirements *requirements, const char *name);
/* Whether the requirement, or a constraint of its name, is pinned. */
bool requirements_pin(const struct requirements *requirements,
                      const struct requirement *requirement);

#endif
