/* status_line.h - one line on standard error that changes in place while work goes on.
 *
 * It is drawn only on a terminal (TERM is set and not "dumb"), a few times a second while programs
 * run (run_while_waiting). Before anything else is printed to standard error or standard output,
 * status_line_clear must remove it. */
#ifndef BASE_STATUS_LINE_H
#define BASE_STATUS_LINE_H
#include <stdbool.h>

struct arena;

/* If `quiet`, the line and notes are no longer printed: for --quiet, or if events go elsewhere. */
void status_line_quiet(bool quiet);
bool status_line_is_quiet(void);

/* Shows the time since this call and `text(arena, data)`, until status_line_end. */
void status_line_begin(const char *(*text)(struct arena *arena, void *data), void *data);
void status_line_end(void);
/* Shows the time since this call and this text while there is no line of status_line_begin; NULL
 * ends it. The text is not copied. */
void status_line_phase(const char *text);
/* Prints an indented line that stays. */
void status_line_note(const char *text);
/* Removes the line until it is drawn again. */
void status_line_clear(void);

#endif
