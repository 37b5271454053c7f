/* runtime.h - the table of Lambda's runtimes. */
#ifndef RESOURCES_RUNTIME_H
#define RESOURCES_RUNTIME_H
#include <stdbool.h>

struct node;

/* LANG_OTHER is that of programs; LANG_NONE has no runtime, and no tools install or build. */
enum language {
    LANG_PYTHON,
    LANG_NODE,
    LANG_JAVA,
    LANG_GO,
    LANG_RUBY,
    LANG_DOTNET,
    LANG_OTHER,
    LANG_NONE
};

struct runtime {
    const char *name;       /* as settings have it */
    const char *identifier; /* what CloudFormation gets */
    enum language language;
    int glibc; /* the x of its glibc 2.x, or 0 where runtime_glibc(identifier) knows it */
    /* AWS's dates, YYYY-MM-DD, or NULL if it has named none. */
    const char *deprecated, *no_creations, *no_updates;
};

/* Returns the runtime to build for: the one that `node` names, or its successor if AWS no longer
 * creates functions of it. Warns about one that AWS has deprecated. NULL after an error. */
const struct runtime *runtime_read(const struct node *node);
/* Whether Lambda can start functions of a runtime from snapshots: Java 11, Python 3.12, .NET 8, and
 * later versions (Lambda Developer Guide, "Improving startup performance with Lambda SnapStart").
 */
bool runtime_has_snapshots(const struct runtime *runtime);
/* The x of the glibc 2.x that the system of a runtime has, or 0 for an unknown one. */
int runtime_glibc(const char *identifier);
/* Whether `a` is older than `b`, of the same language. */
bool runtime_is_older(const struct runtime *a, const struct runtime *b);
/* The runtime that a file extension with its dot implies, or NULL. */
const struct runtime *runtime_of_extension(const char *extension);
/* The runtime of programs, which bring their own: provided.al2023. */
const struct runtime *runtime_of_program(void);

#endif
