/* emulator.h - an emulator of AWS on this machine: ministack (https://pypi.org/project/ministack),
 * on a port of the loopback interface, with state and files only while it runs. */
#ifndef AWS_EMULATOR_H
#define AWS_EMULATOR_H
#include <stdbool.h>
#include <sys/types.h> /* for pid_t */

struct arena;

struct emulator {
    struct arena *arena;
    pid_t pid; /* -1: it does not run */
    long port;
    const char *folder; /* its own, in TMPDIR */
    const char *region;
};

/* Starts it and waits until it answers: on `port`, or with 0 on 4566 or another port that is free.
 * Returns false after a reported error, as if it is not installed, and after a signal. The caller
 * has called interrupt_catch. */
bool emulator_start(struct arena *arena, long port, const char *region, struct emulator *emulator);
/* Ends it and the lambdas that it runs, and removes its files. */
void emulator_stop(struct emulator *emulator);
/* Waits until it ends or a signal comes. If it ends by itself, reports an error and returns false.
 */
bool emulator_wait(struct emulator *emulator);
/* Prints the variables for programs that shall use it, as a shell reads them. */
void emulator_print(const struct emulator *emulator);
/* Runs a program with these variables, in place of all others of AWS, and with our standard input
 * and output. Passes on signals. Returns its exit status, or 128 and the signal that ended it; 127
 * after reporting that it cannot be started. */
int emulator_run(const struct emulator *emulator, char *const argv[]);

#endif
