/* node.h - what the installers of Node packages share: npm, pnpm and Yarn. */
#ifndef LANGUAGES_NODE_H
#define LANGUAGES_NODE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct installing;
struct node_tool;
struct node_tree;
struct package;

/* Whether `name` is one of the files that the tool reads. */
bool node_decides(const struct node_tool *tool, const char *name);
/* For installer.collect. */
bool node_collect(struct arena *arena, const struct package *package, const struct node_tool *tool,
                  struct collection *files, struct collection *inputs);
/* For installer.arguments: those for the unit of the code folder. */
bool node_arguments(struct arena *arena, const struct package *package,
                    const struct node_tool *tool, const char ***argv, size_t *n);
/* Runs the tool for each unit of the tree, in a copy of it, installing->copy. */
bool node_install(const struct installing *installing, const struct node_tree *tree);
/* For installer.run: installs in a copy of the tree, and puts what the tool leaves into
 * installing->into as real files. */
bool node_run(const struct installing *installing);

#endif
