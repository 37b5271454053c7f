/* diag.h - errors and warnings about places in files, collected and printed as a compiler does.
 *
 * A command reports what it finds and goes on. diag_flush prints everything, sorted by file and
 * line, and the program exits with the code of the first error. So one run shows every problem. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h> /* for FILE */

#include "base/util.h" /* for printf_like */

/* Exit codes: they are an interface, kept from Gordon 0.7. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_OTHER = 1,
    EXIT_REQUIRED = 2,          /* a required setting is missing */
    EXIT_STARTING_POSITION = 3, /* a stream's starting position is wrong */
    EXIT_ROLE = 4,              /* a lambda's role is neither ARN nor ref */
    EXIT_EXTENSION = 5,         /* a code file without a known runtime */
    EXIT_ACTION = 6,            /* an action in a built template is wrong */
    EXIT_APP_FORMAT = 7,        /* an entry of `apps` is malformed */
    EXIT_DUPLICATE = 8,         /* two resources with one logical id */
    EXIT_NOT_BUILT = 9,         /* the project was not built */
    EXIT_STACK_FAILED = 10,     /* the stack can only be deleted */
    EXIT_PROTOCOL = 13,         /* a parameter's protocol is unknown */
    EXIT_STACK_BUSY = 14,       /* another operation on the stack is in progress */
    EXIT_RESOURCE = 15,         /* values that do not fit together, or an unknown key */
    EXIT_NONE_FOUND = 16,       /* a parameter's protocol finds nothing */
    EXIT_SEVERAL_FOUND = 17,    /* a parameter's protocol finds more than one */
    EXIT_DUPLICATE_APP = 18,    /* an app is listed twice */
    EXIT_APP_NOT_FOUND = 19,    /* no such app */
    EXIT_NOT_FOUND = 20,        /* no such lambda, version, output, stage ... */
    EXIT_BUILD = 21,            /* a lambda's build failed */
    EXIT_INTEGRATION = 22,      /* an API's integration is wrong */
    EXIT_NONE_TO_RUN = 23,      /* the lambda to run here is not there */
    EXIT_VALUE = 24,            /* one value that is wrong by itself */
    EXIT_CHANGES = 25,          /* diff found changes */
    EXIT_LAMBDA = 26,           /* the lambda that was called failed */
    EXIT_USAGE = 64,            /* the command line is wrong */
    EXIT_LATE = 124,            /* the lambda that was run here took too long */
};

/* A place in a file. Lines and columns count from 1, as in an editor; columns and length are in
 * characters. Line 0 means the whole file. A NULL file means no place: the message then begins with
 * the program's name. */
struct pos {
    const char *file;
    int line, column, length;
};

/* Reports an error. Always returns false, so that a failure is `return diag_error(...)`. */
bool diag_error(enum exit_code code, struct pos pos, const char *format, ...) printf_like(3, 4);
/* Reports a problem that does not make the command fail. */
void diag_warning(struct pos pos, const char *format, ...) printf_like(2, 3);
/* Adds a second place to the problem reported last, such as the first of two duplicates. */
void diag_note(struct pos pos, const char *format, ...) printf_like(2, 3);
/* Shows lines below what was reported last, indented, such as those that a program printed.
 * Messages themselves have one line. NULL and "" show nothing. */
void diag_lines(const char *text);
/* Adds a note with what a program printed. */
void diag_printed(const char *output);
/* Lets messages show lines of this file, which is one of the project. Without this call they do
 * not: a place may come from data that name any file. The name is copied. */
void diag_show(const char *file);
/* Lines of this file are never printed, because it may hold secrets. The name is copied. */
void diag_conceal(const char *file);
/* Whether diag_conceal was called for this file. Messages must not quote its words either. */
bool diag_concealed(const char *file);
/* Messages name files in this folder by their path within it, because the user does not know this
 * temporary folder. The string is not copied: it must live as long as messages are printed. */
void diag_strip(const char *folder);
/* Whether messages should still suggest a name that is similar to a wrong one: that looks at all
 * names, so only the first 1000 errors do. */
bool diag_suggests(void);
/* The number of errors so far, without those that diag_demote made warnings. */
size_t diag_errors(void);
/* The warnings that diag_flush has printed, each followed by its notes; they live until diag_end. A
 * later run that reports them again prints the same, as long as the files are unchanged. */
struct diag_warned {
    struct pos pos;
    const char *text;
    bool is_note; /* of the one before it */
};
const struct diag_warned *diag_warned(size_t *n);
/* Sets whether warnings from now on are for this run only: diag_warned does not have them. */
void diag_once(bool once);
/* Prints what was collected since the last call to standard error, sorted by the first mention of
 * the file, then by line. Returns the code of the first error of all calls, or 0. */
enum exit_code diag_flush(void);
/* Turns the errors after the first `errors` into warnings, because the caller can go on without
 * what failed. `errors` is what diag_errors returned before. */
void diag_demote(size_t errors);
/* For the processes of one build (base/pool.h). diag_forget drops all that was reported.
 * diag_flush_like is diag_flush with the colours of `terminal`, on which the output is shown later.
 * diag_adopt counts an error that another process has reported; it always returns false. */
void diag_forget(void);
enum exit_code diag_flush_like(FILE *terminal);
bool diag_adopt(enum exit_code code);
/* Sets whether warnings are dropped (--quiet). Returns the previous setting. */
bool diag_quiet(bool quiet);
/* Frees everything, at the end of the program. */
void diag_end(void);

#endif
