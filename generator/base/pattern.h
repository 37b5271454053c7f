/* pattern.h - regular expressions as Python writes them, for the C library. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

struct arena;

/* A POSIX extended expression that matches what Python's does (re, "Regular Expression Syntax"): \d
 * and its like, and (?:groups). NULL where POSIX has nothing for it: look-arounds, lazy repetition,
 * names, back-references. What is wrong in any case regcomp will say. */
char *pattern_posix(struct arena *arena, const char *python);

#endif
