/* run.h - starts programs: an argument vector, never a shell for our own commands. */
#ifndef BASE_RUN_H
#define BASE_RUN_H
#include <stdbool.h>
#include <sys/types.h> /* for pid_t */

#include "base/util.h" /* for struct buf */

struct run {
    /* set by the caller */
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const char *folder;      /* to run in, or NULL for this one */
    const char *const *env;  /* NULL-terminated NAME=value, over our own environment; or NULL */
    bool merge;              /* standard error goes into `out` as well, in order */
    const char *input;       /* for its standard input, which else is empty; or NULL */
    size_t input_len;
    long seconds; /* it is ended after these, and soon after a signal; 0 for never */
    bool anyway;  /* it is run after a signal too, and the first one does not end it */
    /* Takes what comes on standard output (0) and error (1), which is not kept then; or NULL. */
    void (*take)(struct run *run, int which, const char *data, size_t len);
    void *data; /* for the caller */
    /* set by run_wait; buf_free them */
    struct buf out, err;
    int status; /* as waitpid gives it; -1 when the program could not be started */
    int error;  /* errno of the start, or 0 */
    bool late;  /* it was ended because its time was over */
};

/* What is kept of what a program prints, and of its errors; the rest is read and dropped. */
enum { RUN_OUTPUT_MAX = 32 * 1024 * 1024, RUN_ERRORS_MAX = 1024 * 1024 };

/* Runs to the end; true when it started and ended with 0. A signal that would end us ends the
 * program and what it started first. */
bool run_wait(struct run *run);
/* Runs them side by side, to the end of all; true when each started and ended with 0. */
bool run_together(struct run *const runs[], size_t n);
/* How it ended, in words: "exited with 3", "was ended by signal 9", "cannot be started: ...". */
char *run_words(struct arena *arena, const struct run *run);
/* Where `name` is: itself when it has a '/' and is there, or the first executable in PATH; or NULL.
 */
char *run_which(struct arena *arena, const char *name);
/* Whether there is one, and it can be run. */
bool run_found(const char *name);
/* The argument vector as a person would type it, quoted where a shell needs it. */
char *run_line(struct arena *arena, const char *const *argv);

/* What a program printed, each line on its own and indented, to stand under a message. */
char *run_indented(struct arena *arena, const char *output);
/* Splits `text` at spaces into words as a shell does, with its quotes and backslashes and nothing
 * else of it; appends them to an arena array. False when a quote is not closed. */
bool run_split(struct arena *arena, const char *text, const char ***words, size_t *count);

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT end the program that runs, and not us at once. */
void run_catch_signals(void);
/* No more of that; a signal that came ends us now. A process that was forked while we caught them
 * calls it, too. */
void run_release_signals(void);
/* Waits until nobody holds the other end of the pipe `fd` any more, and passes the signals that are
 * caught meanwhile on to the processes: each gets each of them once. */
void run_follow(int fd, const pid_t *pids, size_t n);
/* The signal that came, or 0. */
int run_signal(void);
/* Called from now on a few times a second while programs run, and while we sleep; NULL: no more. */
void run_while_waiting(void (*tick)(void));
/* Sleeps; false when a signal came. */
bool run_sleep(double seconds);

#endif
