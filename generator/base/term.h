/* term.h - colours, which only a terminal gets. */
#ifndef BASE_TERM_H
#define BASE_TERM_H
#include <stdio.h> /* for FILE */

#define TERM_RESET   "\033[0m"
#define TERM_BOLD    "\033[1m"
#define TERM_DIM     "\033[2m"
#define TERM_RED     "\033[1;31m"
#define TERM_GREEN   "\033[32m"
#define TERM_YELLOW  "\033[33m"
#define TERM_BLUE    "\033[34m"
#define TERM_MAGENTA "\033[1;35m"
#define TERM_CYAN    "\033[1;36m"

/* Returns `code` if `stream` is a terminal, TERM is set and not "dumb", and NO_COLOR is unset or
 * empty (no-color.org); else "". */
const char *term_color(FILE *stream, const char *code);

#endif
