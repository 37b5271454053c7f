/* command.h - build commands of the settings: text with variables, for /bin/sh -e. */
#ifndef BUILD_COMMAND_H
#define BUILD_COMMAND_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct command_variable {
    const char *name, *value;
    bool words; /* goes in as it is, being words for the shell already; else quoted */
};

/* Puts values in for {name}; {{ and }} are braces. A value is quoted for the shell unless it
 * stands inside quotes already. NULL with *unknown set to the name of a variable that there is not,
 * or to "{" or "}" for a brace that stands alone. */
char *command_expand(struct arena *arena, const char *text,
                     const struct command_variable *variables, size_t n, const char **unknown);

#endif
