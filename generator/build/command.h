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

struct command_fault {
    size_t offset, len; /* its place in the text */
    const char *what;   /* the message */
};

/* Replaces each {name} by its value, quoted for its place in the command, and {{ and }} by one
 * brace. Returns NULL after a fault; *faults has all of them: an unknown variable, a single brace,
 * or a place for which no quoting is certain. */
char *command_expand(struct arena *arena, const char *text,
                     const struct command_variable *variables, size_t n,
                     struct command_fault **faults, size_t *nfaults);
/* The variables for the commands' environment, as run.h takes it: GORDON_NAME=value for {name}. */
const char *const *command_environment(struct arena *arena,
                                       const struct command_variable *variables, size_t n);

#endif
