/* hidden.h - finds the names that are undefined in a scope until the template sets them there, even
 * if the caller knows them; hidden.c has the rule. */
#ifndef JINJA_HIDDEN_H
#define JINJA_HIDDEN_H

struct arena;
struct stmt;
struct table;

/* Fills `hidden` for the scope of the template that begins with `first`, and hidden and
 * hidden_other of every loop in it. */
void jinja_hide(struct arena *arena, struct stmt *first, struct table *hidden);

#endif
