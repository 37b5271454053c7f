/* say.h - text of others in what Gordon prints: masked (base/mask.h) and printable
 * (base/printable.h). All that is printed for people has passed here. */
#ifndef BASE_SAY_H
#define BASE_SAY_H
#include <stdio.h> /* for FILE */

#include "base/util.h" /* for printf_like */

/* Returns the text as part of a line. The memory lives until mask_end. */
const char *say_word(const char *text);
/* Like say_word, for a result that the user asked for (MASK_EVERYWHERE). */
const char *say_result(const char *text);
/* Returns the text as lines: its line ends and tabs stay. */
const char *say_lines(const char *text);

/* Prints the formatted text, masked and as a line, and a line end. Colours are control characters:
 * lines with colours are printed otherwise. */
void say(FILE *out, const char *format, ...) printf_like(2, 3);

#endif
