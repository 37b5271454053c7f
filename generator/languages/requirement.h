/* requirement.h - one requirement as pip takes it: a name with versions, a path, or a URL.
 *
 * Source: pip's documentation, "Requirement Specifiers", and its req/constructors.py. */
#ifndef LANGUAGES_REQUIREMENT_H
#define LANGUAGES_REQUIREMENT_H
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct arena;

enum requirement_kind {
    REQUIREMENT_NAMED,
    REQUIREMENT_PATH, /* a folder, a wheel or an archive of this machine */
    REQUIREMENT_URL,  /* a wheel, an archive or a repository elsewhere */
};

struct requirement {
    enum requirement_kind kind;
    struct pos pos;
    const char *name;    /* as written; NULL if only the package itself tells it */
    const char *extras;  /* "[a,b]", or "" */
    const char *what;    /* versions, a path or a URL */
    const char *marker;  /* what follows ';', or "" */
    const char *options; /* such as --hash, quoted, or "" */
    bool folder;         /* of a path: a folder */
    const char *line;    /* for pip, once it was built; NULL: as it was written */
};

/* Reads `text`, which has neither options nor comments. With `editable`, a plain word is a path.
 * `plain` is the same text before variables were replaced: names, versions and URLs are taken from
 * it, because a variable may be a secret. Returns false, and reports nothing, if pip would not take
 * it. */
bool requirement_parse(struct arena *arena, const char *text, const char *plain, bool editable,
                       struct requirement *requirement);
/* Whether the versions name exactly one, or the URL a commit or a digest. */
bool requirement_is_pinned(const struct requirement *requirement);
/* Whether a path or URL names a wheel. */
bool requirement_is_wheel(const char *what);
/* Whether a path ends as an archive that pip installs, such as .tar.gz or .whl. */
bool requirement_is_archive(const char *path);
/* The requirement as a line for pip, in which `what` stands for its own if it is not NULL. */
const char *requirement_line(struct arena *arena, const struct requirement *requirement);
/* The same with a local file in its place: `name` and `path` of a wheel, and its `options`. */
const char *requirement_line_of_file(struct arena *arena, const struct requirement *requirement,
                                     const char *name, const char *path, const char *options);
/* A name as PEP 503 compares it: lower case, and '-' for runs of '-', '_' and '.'. */
const char *requirement_name(struct arena *arena, const char *name);
/* The length of the name of a package at the beginning of `text`. */
unsigned long requirement_name_length(const char *text);

#endif
