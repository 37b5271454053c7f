/* shell.h - a command, or a shell, where a lambda runs: in its code, with its environment. Its
 * input and output are ours, and neither time nor memory is limited. */
#ifndef LOCAL_SHELL_H
#define LOCAL_SHELL_H

struct arena;
struct function;
struct interpreter;

/* Runs a program with arguments, NULL-terminated, and waits for its end. A name is looked up in the
 * lambda's PATH. Returns its exit status; 128 plus the number of a signal that ended it; 127 after
 * an error, which is reported. */
int shell_run(struct arena *arena, const struct function *function,
              const struct interpreter *interpreter, const char *const *argv);
/* Runs the user's shell, with the terminal's variables. */
int shell_open(struct arena *arena, const struct function *function,
               const struct interpreter *interpreter);

#endif
