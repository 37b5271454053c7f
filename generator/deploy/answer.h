/* answer.h - shows what a lambda has answered: its answer, or its error. */
#ifndef DEPLOY_ANSWER_H
#define DEPLOY_ANSWER_H
#include <stdio.h>

#include "base/printable.h" /* for enum printable */

struct arena;
struct buf;

/* Prints a text, with a line end if it has none. */
void answer_show_text(FILE *stream, const struct buf *text, enum printable as);
/* Prints an answer. One that is not JSON goes unchanged into a file or another program. */
void answer_show(const struct buf *text);
/* Reports the error of a lambda, which is named so: "ValueError: no such thing" and the stack
 * trace, or the whole text if it has neither type nor message. The code is EXIT_LAMBDA. */
void answer_report_error(struct arena *arena, const char *lambda, const struct buf *text);

#endif
