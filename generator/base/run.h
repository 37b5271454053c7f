/* run.h - runs programs by their argument vectors, without a shell; handles signals meanwhile. */
#ifndef BASE_RUN_H
#define BASE_RUN_H
#include <stdbool.h>
#include <sys/types.h> /* for pid_t */

#include "base/util.h" /* for struct buf */

struct run {
    /* set by the caller */
    /* NULL-terminated. argv[0] is searched in PATH, relative to our own working directory; with a
     * '/' it is relative to `folder`. */
    const char *const *argv;
    const char *folder;     /* working directory; NULL: ours */
    const char *const *env; /* NULL-terminated NAME=value, added to our environment; or NULL */
    bool merge;             /* standard error goes into `out` too, in order */
    const char *input;      /* for its standard input; NULL: empty */
    size_t input_len;
    long seconds; /* time limit: SIGTERM, and 5 s later SIGKILL; a signal cuts it to 5 s; 0: none */
    bool anyway;  /* start it even after a signal, and do not let the first signal end it */
    /* Takes the data of standard output (0) and error (1) in place of `out` and `err`; or NULL. */
    void (*take)(struct run *run, int which, const char *data, size_t len);
    void *data; /* for the caller */
    /* set by run_wait and run_together */
    struct buf out, err; /* buf_free them */
    int status;          /* of waitpid; -1 if the program could not be started, or not be read */
    int error;           /* errno of the start, or 0 */
    int unread;          /* errno of reading its output, or 0 */
    bool late;           /* it was ended because it exceeded `seconds` */
};

/* About how much of standard output and error is kept; the rest is read and dropped. */
enum { RUN_OUTPUT_MAX = 32 * 1024 * 1024, RUN_ERRORS_MAX = 1024 * 1024 };

/* Runs a program to its end. Returns true if it started and exited with 0. A signal that would end
 * this process first ends the program and what that has started. */
bool run_wait(struct run *run);
/* Like run_wait, for a program whose answer decides what is built. If it is there and cannot be
 * started, for lack of memory or processes, this program ends: there is no answer then. */
bool run_ask(struct run *run);
/* Runs programs in parallel, to the end of all. Returns true if each started and exited with 0. */
bool run_together(struct run *const runs[], size_t n);
/* Whether it could not be started because it is not there, or is no program. */
bool run_is_missing(const struct run *run);
/* How a program ended, in words: "exited with 3", "was ended by signal 9", "cannot be started:
 * ...". */
char *run_words(struct arena *arena, const struct run *run);
/* Finds a program: `name` itself if it has a '/' and exists, else the first executable in PATH.
 * Returns NULL if there is none. */
char *run_which(struct arena *arena, const char *name);
/* Whether run_which finds a program that may be executed. */
bool run_found(const char *name);
/* The argument vector as a command line, quoted where a shell needs it. */
char *run_line(struct arena *arena, const char *const *argv);

/* Splits `text` into words at white space, with the quotes and backslashes of a shell and nothing
 * else of it. Appends them to an arena array. Returns false if a quote is not closed. */
bool run_split(struct arena *arena, const char *text, const char ***words, size_t *count);

/* Waits until the write end of the pipe `fd` is closed everywhere. Passes each signal that is
 * caught on to each of the processes once. */
void run_follow(int fd, const pid_t *pids, size_t n);
/* Sets a function that is called several times a second while programs run, and at the end of
 * run_sleep; NULL removes it. */
void run_while_waiting(void (*tick)(void));
/* Sleeps. If a signal comes, or has come before, returns false at once. */
bool run_sleep(double seconds);

#endif
