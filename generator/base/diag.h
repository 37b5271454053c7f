/* diag.h - errors and warnings about a place in a file, collected and shown as a compiler does.
 *
 * A command reports what it finds and goes on; diag_flush prints everything, by file and line,
 * and the program ends with the code of the first error. So one run shows every problem. */
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
    EXIT_STARTING_POSITION = 3, /* of a stream */
    EXIT_ROLE = 4,              /* a lambda's role is neither ARN nor ref */
    EXIT_EXTENSION = 5,         /* a code file without a known runtime */
    EXIT_ACTION = 6,            /* an action's property */
    EXIT_APP_FORMAT = 7,        /* an entry of `apps` */
    EXIT_DUPLICATE = 8,         /* two resources with one logical id */
    EXIT_NOT_BUILT = 9,         /* apply before build */
    EXIT_STACK_FAILED = 10,     /* a stack in a state that only deletion ends */
    EXIT_PROTOCOL = 13,         /* a parameter's protocol is unknown */
    EXIT_STACK_BUSY = 14,       /* another operation on the stack is in progress */
    EXIT_RESOURCE = 15,         /* values that do not fit together, or an unknown key */
    EXIT_NONE_FOUND = 16,       /* a protocol: nothing there matches */
    EXIT_SEVERAL_FOUND = 17,    /* a protocol: more than one matches */
    EXIT_DUPLICATE_APP = 18,    /* one app twice */
    EXIT_APP_NOT_FOUND = 19,    /* no such app */
    EXIT_NOT_FOUND = 20,        /* no such resource */
    EXIT_BUILD = 21,            /* a lambda's build failed */
    EXIT_INTEGRATION = 22,      /* an API's integration */
    EXIT_VALUE = 24,            /* one value that is wrong by itself */
    EXIT_CHANGES = 25,          /* of diff: there are changes */
    EXIT_LAMBDA = 26,           /* the lambda that was called failed */
    EXIT_USAGE = 64,            /* the command line */
};

/* A place in a file, counted from 1 as an editor does; columns and length are characters.
 * A NULL file means no place: the message then begins with the program's name. */
struct pos {
    const char *file;
    int line, column, length;
};

/* Reports an error; always false, so that a failure is `return diag_error(...)`. */
bool diag_error(enum exit_code code, struct pos pos, const char *format, ...) printf_like(3, 4);
/* Reports a problem that stops nothing. */
void diag_warning(struct pos pos, const char *format, ...) printf_like(2, 3);
/* Adds a second place to the problem reported last, such as the first of two duplicates. */
void diag_note(struct pos pos, const char *format, ...) printf_like(2, 3);
/* Lines of this file are never shown: it may hold secrets. The name is copied. */
void diag_conceal(const char *file);
/* Whether words of this file must not be in a message either. */
bool diag_concealed(const char *file);
/* This text is never part of a message: "..." stands there instead. Shorter ones than SECRET_MIN
 * would make messages of nothing but that, and are no secrets. The same holds for each of its
 * lines, and for it as JSON writes it. It is copied. */
enum { SECRET_MIN = 6 };
void diag_secret(const char *text);
/* The same of messages only: it may be secret, and is no harm in a result that somebody asked for.
 */
void diag_masked(const char *text);
/* A text as it would be shown: without secrets, and without control characters but tabs and line
 * ends. In the memory of messages. For what is to be cut before it is part of one. */
const char *diag_clean(const char *text);
/* The same of a result: what is only masked stays. */
const char *diag_clean_result(const char *text);
/* Files in this folder are shown by their path within it: it means nothing to the user, and is soon
 * gone. It must outlive the program's use. */
void diag_strip(const char *folder);
/* How many errors there were. */
size_t diag_errors(void);
/* The warnings and their notes that diag_flush has printed, in that order; they live as long as the
 * messages. Reported again they look the same, while the files they are about are. */
struct diag_warned {
    struct pos pos;
    const char *text;
    bool is_note; /* of the one before it */
};
const struct diag_warned *diag_warned(size_t *n);
/* Prints what was collected since the last call to standard error, in the order of the files'
 * first mention and of lines; returns the code of the first error of all calls, or 0. */
enum exit_code diag_flush(void);
/* Makes warnings of the errors since there were `errors` of them: what failed can be done without.
 */
void diag_demote(size_t errors);
/* For processes of one build, see pool.h: forgets all that was reported; flushes for a stream that
 * is shown on `terminal` later; and takes an error that another process has shown, always false. */
void diag_forget(void);
enum exit_code diag_flush_like(FILE *terminal);
bool diag_adopt(enum exit_code code);
/* Whether warnings are dropped from now on (--quiet); gives what held before. */
bool diag_quiet(bool quiet);
/* Frees what is left, at the end of the program. */
void diag_end(void);

#endif
