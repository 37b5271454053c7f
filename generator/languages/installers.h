/* installers.h - the table of the tools that install dependencies: one row for each manifest. */
#ifndef LANGUAGES_INSTALLERS_H
#define LANGUAGES_INSTALLERS_H
#include "languages/installer.h"

/* The row of the manifest that package_look found in the code folder. NULL if there is none, or if
 * build commands in the settings replace the install. */
const struct installer *installer_of(const struct package *package);
/* The NULL-terminated argument vector that installs; NULL if a quote in the settings is open. */
const char **installer_argv(struct arena *arena, const struct installer *installer,
                            const struct package *package, const char *into);
/* The row that installs what the build commands of the settings use. NULL if there is none. */
const struct installer *installer_for_commands(const struct package *package);
/* Appends the program of a setting such as pip-path, which may have arguments. Without the setting,
 * appends the first program that is in PATH, or the last one if none is. Returns false if a quote
 * in the setting is not closed. */
bool installer_program(struct arena *arena, const struct installer *installer,
                       const struct package *package, const char ***argv, size_t *n);
/* The NULL-terminated argument vector that prints the program's version; NULL as above. */
const char **installer_version_argv(struct arena *arena, const struct installer *installer,
                                    const struct package *package);

#endif
