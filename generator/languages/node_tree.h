/* node_tree.h - what an install of a Node package reads: its own manifests, those of its workspace,
 * and the packages that these name by path.
 *
 * A tool such as npm runs in a copy of these files that has their layout, because it follows paths
 * and the packages of a workspace by their places. */
#ifndef LANGUAGES_NODE_TREE_H
#define LANGUAGES_NODE_TREE_H
#include <stdbool.h>
#include <stddef.h>

#include "languages/node_manifest.h"

struct arena;
struct collection;
struct package;

struct node_unit;

/* What differs between the tools. Lists end with NULL. */
struct node_tool {
    const char *name;
    const char *const *files;     /* in the folder where it runs: files and folders that it reads */
    const char *const *locks;     /* those of them that fix versions */
    const char *const *protocols; /* "link:" and others, of those that not every tool knows */
    /* Appends the arguments that install a unit. Returns false if a quote in the settings is not
     * closed. */
    bool (*arguments)(struct arena *arena, const struct package *package,
                      const struct node_unit *unit, const char ***argv, size_t *n);
    bool skips; /* it installs packages for all platforms */
    bool many;  /* it installs more than the package needs, for all packages of a workspace */
    /* Appends the arguments of a second run, or none; may be NULL. */
    bool (*again)(struct arena *arena, const struct package *package, const struct node_unit *unit,
                  const char ***argv, size_t *n);
    /* Writes files into the copy of a unit, whose folder is `start` there; may be NULL. */
    bool (*prepare)(struct arena *arena, const struct package *package, const char *copy,
                    const char *start);
    const char *const *env; /* variables for it; or NULL */
};

/* A folder in which the tool runs: a package, or the root of its workspace. */
struct node_unit {
    const char *start;
    const char *
        *asked; /* the paths in `start` of the packages to install; none: it is the package */
    size_t nasked;
    const char *lock;               /* the name of its lock file, or NULL */
    struct node_manifest *manifest; /* in `start` */
    struct node_manifest **members; /* of the workspace */
    size_t nmembers;
    bool whole; /* scripts run in `start` and may read any file there */
};

struct node_tree {
    const char *base;               /* the folder that holds everything; absolute, as all others */
    struct node_manifest *manifest; /* of the code folder */
    /* The first is that of the code folder. Others are of packages that are named by path and are
     * outside of a unit: npm installs nothing that those need. */
    struct node_unit *units;
    size_t nunits;
    const char **folders, **archives; /* packages that are named by path or in the workspace */
    size_t nfolders, narchives;
};

/* The package of a workspace with this name, or NULL. */
const struct node_manifest *node_unit_member(const struct node_unit *unit, const char *name);
/* Finds them. Reports what lies outside of the project or cannot be installed, at its place in the
 * manifest (EXIT_BUILD), and then returns false. */
bool node_tree_find(struct arena *arena, const struct package *package,
                    const struct node_tool *tool, struct node_tree *tree);
/* Adds their files to `files`, named by their paths in `base`, and to `inputs` the folders in which
 * files may appear. Returns false after a reported error. */
bool node_tree_collect(struct arena *arena, const struct package *package,
                       const struct node_tool *tool, const struct node_tree *tree,
                       struct collection *files, struct collection *inputs);
/* Whether the package is of a workspace in the project whose root has a lock file of this tool. */
bool node_tree_locked_above(const struct package *package, const struct node_tool *tool);

#endif
