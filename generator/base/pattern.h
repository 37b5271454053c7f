/* pattern.h - translates Python's regular expressions for the C library. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

struct arena;

/* Returns a POSIX extended expression that matches the same as Python's (re, "Regular Expression
 * Syntax"); translates \d and its like, and (?:groups). Returns NULL for what POSIX does not have:
 * look-arounds, lazy repetition, named groups, back-references; and for a set without its ']'.
 * Other mistakes are left to regcomp. */
char *pattern_posix(struct arena *arena, const char *python);

#endif
