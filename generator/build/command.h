/* command.h - replaces the variables in build commands, which /bin/sh -e then runs. */
#ifndef BUILD_COMMAND_H
#define BUILD_COMMAND_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct command_variable {
    const char *name, *value;
    bool words; /* not quoted, because the value is shell words already */
};

/* Replaces each {name} by its value, and {{ and }} by one brace. Quotes a value for the shell;
 * inside quotes of the command, only escapes what is special there. Returns NULL with *unknown set
 * to the name of an unknown variable, or to "{" or "}" for a single brace. */
char *command_expand(struct arena *arena, const char *text,
                     const struct command_variable *variables, size_t n, const char **unknown);

#endif
