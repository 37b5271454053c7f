/* pattern.h - translates Python's regular expressions for the C library. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

struct arena;

/* What is wrong with a pattern that POSIX does not have. */
#define PATTERN_UNKNOWN                                                                            \
    "Gordon cannot read this regular expression; it supports characters, sets, \\d \\w \\s, "      \
    "groups, | ^ $ and repetition"

/* Returns a POSIX extended expression that matches the same as Python's (re, "Regular Expression
 * Syntax"); translates \d and its like, and (?:groups). Returns NULL and sets *problem to words for
 * what POSIX does not have (look-arounds, lazy repetition, named groups, back-references), for a
 * set without its ']', for repeated repetitions, which Python refuses or reads differently, and for
 * a pattern for which regcomp would need too much memory. Other mistakes are left to regcomp. */
char *pattern_posix(struct arena *arena, const char *python, const char **problem);

#endif
