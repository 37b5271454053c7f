/* modules.h - the packages of Node that build commands use: they are installed once, and kept in
 * the lambda's work folder between builds, because an install takes longer than most commands.
 *
 * The commands get the real node_modules, not a link or a copy. If they leave it as it was, it is
 * moved back for the next build; if not, the next build installs again. */
#ifndef LANGUAGES_MODULES_H
#define LANGUAGES_MODULES_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct package;

/* Whether the lambda's commands get what its package.json names, development dependencies too: it
 * has one, the commands run in a copy, and none of them installs by itself. */
bool modules_are_kept(const struct package *package);
/* The folder in the copy `source` where the commands run. Its layout is that of the project if the
 * manifests name packages above the code folder. Returns NULL after a reported error. */
const char *modules_folder(struct arena *arena, const struct package *package, const char *source);
/* Collects the code and the packages that it names by path, by their names in the copy. Returns
 * false after a reported error. */
bool modules_collect(struct arena *arena, const struct package *package, struct collection *source);
/* Installed packages while commands use them. */
struct modules {
    const char *key;   /* what was installed */
    const char *state; /* of the files before the commands, or NULL */
    const char **dirs; /* each node_modules, which may be missing */
    size_t n;
};
/* Brings the installed packages into the copy `to` of these files. Notes the tool as an input.
 * Returns false after a reported error. */
bool modules_take(struct arena *arena, const struct package *package,
                  const struct collection *source, const char *to, struct collection *inputs,
                  struct modules *taken);
/* Moves them back when the commands have ended. Returns false after a reported error. */
bool modules_put_back(struct arena *arena, const struct package *package,
                      const struct modules *taken);

#endif
