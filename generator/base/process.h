/* process.h - what a process of Gordon's sets before all else, and checks at its end. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

/* Makes the process independent of how it was started:
 * - standard input, output and error are open, so no other file takes their place;
 * - the time zone is UTC;
 * - SIGCHLD has its default, because waitpid needs that;
 * - SIGPIPE and SIGXFSZ are ignored: the write that causes them fails with EPIPE or EFBIG;
 * - a signal that ends the process deletes its temporary file (unfinished.h);
 * - relative folders in PATH and TMPDIR become absolute. They are relative to the folder where
 *   Gordon was started, also for programs that it runs elsewhere: a name in PATH must not lead to
 *   a file of the code folder. */
void process_begin(void);
/* Ends the process if standard output could not be written: by SIGPIPE if the reader has closed the
 * pipe, as `head` does after its last line; else with an error. */
void process_check_output(void);

#endif
