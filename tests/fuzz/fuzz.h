/* fuzz.h - what the fuzz targets share. A target is a file <target>.c with fuzz_target(). Each
 * input runs in an empty folder of its own, with messages caught, programs made up and a clock that
 * only moves while the code waits. */
#ifndef FUZZ_H
#define FUZZ_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct run;

/* Runs one input; defined by each target. `data` has no NUL behind it. What is allocated must be
 * freed, except in fuzz_arena. */
void fuzz_target(const char *data, size_t len);

/* Memory of the current input. */
extern struct arena *fuzz_arena;

/* Ends the program, which libFuzzer reports, unless `ok`. */
void fuzz_expect(bool ok, const char *what);

/* Cuts the next part off the input, which ends before a line "====" or at the end. Returns it as a
 * text in fuzz_arena, with its length in *part_len if that is not NULL; "" after the last part. */
char *fuzz_part(const char **data, size_t *len, size_t *part_len);

/* Writes a file below the working directory, and makes its folders. */
void fuzz_write(const char *path, const char *data, size_t len);

/* Prints the messages that the code has reported, and drops them from the memory of diag.h. Checks
 * that they have no control characters. */
void fuzz_flush(void);
/* What was printed on standard error since the input began. */
const char *fuzz_printed(void);

/* Set by a target whose code prints the bytes of somebody else on standard output, as they are. */
extern bool fuzz_raw;
/* Set by a target whose code holds locks until the process ends. */
extern bool fuzz_locks;

/* Answers in place of a program that the code under test runs; set by a target that has answers. It
 * fills run->out, run->err and run->status. Without it no program can be started. */
extern void (*fuzz_answer)(struct run *run);
/* Makes the signal SIGINT arrive; interrupt_signal() returns it until the end of the input. */
void fuzz_interrupt(void);

#endif
