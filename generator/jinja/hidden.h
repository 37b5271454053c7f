/* hidden.h - the names that a scope hides before it sets them. */
#ifndef JINJA_HIDDEN_H
#define JINJA_HIDDEN_H

struct arena;
struct stmt;
struct table;

/* Finds them for all scopes of a template: `hidden` gets the template's own, each for its two. */
void jinja_hide(struct arena *arena, struct stmt *first, struct table *hidden);

#endif
