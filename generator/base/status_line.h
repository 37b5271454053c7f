/* status_line.h - one line on standard error that changes in place while work goes on.
 *
 * It is drawn only on a terminal (TERM is set and not "dumb"), a few times a second while programs
 * run (run_while_waiting). Every other line on standard error or standard output must first take it
 * away with status_line_clear. */
#ifndef BASE_STATUS_LINE_H
#define BASE_STATUS_LINE_H
#include <stdbool.h>

struct arena;

/* Draws nothing and prints no notes from now on: for --quiet, and where events go elsewhere. */
void status_line_quiet(bool quiet);
bool status_line_is_quiet(void);

/* Shows `text(arena, data)` and the time since now, until status_line_end. */
void status_line_begin(const char *(*text)(struct arena *arena, void *data), void *data);
void status_line_end(void);
/* Shows this text and the time since now, while nothing that was begun is shown; NULL ends it. The
 * text must outlive its use. */
void status_line_phase(const char *text);
/* Prints a line of its own, indented. */
void status_line_note(const char *text);
/* Takes the line away until it is drawn again. */
void status_line_clear(void);

#endif
