/* extra.h - the settings pip-install-extra, npm-install-extra and gradle-build-extra: arguments for
 * the programs that install and build, which no shell reads. */
#ifndef SETTINGS_EXTRA_H
#define SETTINGS_EXTRA_H
#include <stdbool.h>

struct node;

/* Reports shell syntax in these settings of a project, an app or a lambda, which Gordon 0.7 gave to
 * a shell. `settings` may be NULL. */
bool extra_check(const struct node *settings);
/* Returns the first piece of shell syntax in the text that is not quoted, such as "&&" or "$(", or
 * NULL. The piece is constant. */
const char *extra_shell_syntax(const char *text);

#endif
