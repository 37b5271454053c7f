/* node.h - what the installers of Node packages share: npm, pnpm and Yarn. */
#ifndef BUILD_NODE_H
#define BUILD_NODE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct installing;
struct node_tool;
struct node_unit;
struct package;

/* Whether `name` is one of the files that the tool reads. */
bool node_decides(const struct node_tool *tool, const char *name);
/* For installer.collect. */
bool node_collect(struct arena *arena, const struct package *package, const struct node_tool *tool,
                  struct collection *files, struct collection *inputs);
/* Appends the arguments by which the tool installs a unit of the tree. Returns false if a quote in
 * the settings is not closed. */
typedef bool node_arguments(struct arena *arena, const struct package *package,
                            const struct node_unit *unit, const char ***argv, size_t *n);
/* For installer.run: runs the tool in a copy of each unit of the tree, and puts what it leaves into
 * installing->into as real files. `skips` as in node_modules.h. */
bool node_run(const struct installing *installing, const struct node_tool *tool,
              node_arguments *arguments, bool skips);

#endif
