/* install.h - the dependencies of a lambda: what pip, npm, Maven, Gradle or Go bring beside its
 * code.
 *
 * They are one zip, `dependencies.zip` in the lambda's work folder, whose comment says what decided
 * its content: the key (manifests, arguments, runtime, architecture, the tool and its version), and
 * the digest of the manifests alone. Installs are shared by key in the cache. */
#ifndef BUILD_INSTALL_H
#define BUILD_INSTALL_H
#include <stdbool.h>

struct arena;
struct collection;
struct notes;
struct package;

/* Whether the code folder has a manifest that something is installed for. */
bool install_is_needed(struct arena *arena, const struct package *package);
/* Makes the zip be right and sets `*zip` to it, or to NULL where there is no manifest. Notes what
 * decided as inputs. With `trust`, a zip that fits the manifests counts, whatever the tool is now:
 * for builds in which another edge, which knows the tool, has made it. One that does not fit is
 * left alone, as it is that edge's output; what `*zip` is then lies beside it. */
bool install_dependencies(struct arena *arena, const struct package *package, bool trust,
                          struct collection *inputs, const char **zip);
/* How it would be done, now. */
struct install_look {
    const char *zip;    /* NULL where there is no manifest; then there is nothing else, either */
    const char **argv;  /* {into} and {copy} stand for folders that are there only while it runs: */
    const char *folder; /* the one that is filled, and one with the files that decide */
};

/* Looks without running or writing anything, and notes the same inputs as install_dependencies.
 * False after an error that was reported. */
bool install_look(struct arena *arena, const struct package *package, bool trust,
                  struct collection *inputs, struct install_look *look);
/* The same as install_dependencies, as an edge of its own, whose output is always there. */
bool install_run(struct arena *arena, const struct package *package, const struct notes *notes);

#endif
