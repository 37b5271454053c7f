/* requirements_line.h - the lines of a requirements file: continued lines joined, comments removed,
 * and the places of their words. */
#ifndef LANGUAGES_REQUIREMENTS_LINE_H
#define LANGUAGES_REQUIREMENTS_LINE_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

struct arena;

struct requirements_line {
    char *text; /* without comments */
    struct requirements_part {
        size_t at; /* offset in the text */
        int line;
        const char *start; /* of the line in the file */
        size_t skipped;    /* bytes of it before its text */
    } * parts;
    size_t nparts;
};

/* Takes the next line from `*rest`, which it modifies. `*number` counts lines of the file. Returns
 * false at the end. */
bool requirements_line_next(struct arena *arena, char **rest, int *number,
                            struct requirements_line *line);
/* The place of an offset in the line's text. `pos` names the file. */
struct pos requirements_line_pos(const struct requirements_line *line, struct pos pos, size_t at);
/* The length of the word at `text`, in which quotes and backslashes count as in a shell. */
size_t requirements_word_length(const char *text);
/* Replaces ${NAME} by variables of the environment that are set, as pip does. */
const char *requirements_expand(struct arena *arena, const char *text);
/* The next ${NAME} of a text, or NULL; sets `*len` to its length. */
const char *requirements_variable(const char *text, size_t *len);

#endif
