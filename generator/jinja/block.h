/* block.h - the parser of statements, and so of a template. */
#ifndef JINJA_BLOCK_H
#define JINJA_BLOCK_H
#include <stdbool.h>

struct jinja;
struct stmt;

/* Parses jinja.source; false after an error. An empty template has no statement. */
bool jinja_parse(struct jinja *j, struct stmt **first);

#endif
