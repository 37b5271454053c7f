/* printable.h - what Gordon prints of texts that it did not write: names, values, what programs and
 * AWS say. Everything that is printed passes here.
 *
 * '?' stands for each character that a terminal or the log of a CI would obey, and for each that
 * hides or reorders the text around it: control characters (C0, DEL, C1), controls of the direction
 * of text (Unicode, Bidi_Control), separators of lines and paragraphs, invisible characters, and
 * bytes that are not UTF-8. The same for a character of what begins a command of a CI: "::name" at
 * the start of a line after white space (GitHub), "##[" and "##name[" anywhere (GitHub, Azure,
 * TeamCity). ZWJ, ZWNJ and soft hyphens stay, because ordinary words and emojis have them. */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H
#include <stddef.h>
#include <stdio.h> /* for FILE */

enum printable {
    PRINTABLE_WORD,  /* part of a line: '?' for line ends and tabs, too */
    PRINTABLE_LINES, /* whole lines: line ends and tabs stay */
    PRINTABLE_JSON,  /* JSON, whose meaning stays: \uXXXX in place of '?' */
};

/* Changes the text in place. Returns its new length, which is not larger, and ends it there with a
 * NUL if it became shorter. Not for PRINTABLE_JSON. */
size_t printable_clean(char *text, size_t len, enum printable as);
/* Removes what colours a text, moves the cursor or makes a link (ECMA-48, control sequences and
 * OSC) from what a program printed, in place. Before masks and printable_clean: what it separated
 * may be a secret, or the command of a CI. */
void printable_strip(char *text);
void printable_write(FILE *out, const char *text, size_t len, enum printable as);

#endif
