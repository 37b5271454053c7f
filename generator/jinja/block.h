/* block.h - the parser of statements, which is the parser of a whole template. */
#ifndef JINJA_BLOCK_H
#define JINJA_BLOCK_H
#include <stdbool.h>

struct jinja;
struct stmt;

/* Parses jinja.source; returns false after an error. *first is NULL for an empty template. */
bool jinja_parse(struct jinja *j, struct stmt **first);

#endif
