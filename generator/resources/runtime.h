/* runtime.h - the table of Lambda's runtimes. */
#ifndef RESOURCES_RUNTIME_H
#define RESOURCES_RUNTIME_H
#include <stdbool.h>

struct node;

enum language { LANG_PYTHON, LANG_NODE, LANG_JAVA, LANG_GO, LANG_RUBY, LANG_DOTNET, LANG_OTHER };

struct runtime {
    const char *name;    /* as settings have it */
    const char *current; /* the identifier CloudFormation gets */
    enum language language;
    bool retired; /* AWS no longer takes `name`; `current` is its successor */
};

/* Returns the runtime that `node` names, with a warning for a retired one; NULL after an error. */
const struct runtime *runtime_read(const struct node *node);
/* The runtime that a file extension with its dot implies, or NULL. */
const struct runtime *runtime_of_extension(const char *extension);
/* The runtime of programs, which bring their own: provided.al2023. */
const struct runtime *runtime_of_program(void);

#endif
