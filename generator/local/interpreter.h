/* interpreter.h - the program that runs a lambda here: the interpreter of its runtime, or the
 * lambda's own. */
#ifndef LOCAL_INTERPRETER_H
#define LOCAL_INTERPRETER_H
#include <stdbool.h>

struct arena;
struct function;

struct interpreter {
    const char *const *argv;  /* argv[0] is an absolute path */
    const char *folder;       /* of the program, for PATH; or NULL */
    const char *const *debug; /* arguments between argv[0] and argv[1]; or NULL */
};

/* Finds it. False after an error, which is reported. */
bool interpreter_find(struct arena *arena, const struct function *function,
                      struct interpreter *interpreter);

#endif
