/* render.h - the Jinja2 subset of parameters: an expression language that gives the same text as
 * Jinja2 3.1 with its default Environment, or an error at its place, never another text.
 *
 * {{ }}, {% if %}, {% for %}, {% set %}, {# #}, whitespace control; the operators; the filters and
 * tests in the tables of jinja/filter.c and jinja/test.c. The rules are Jinja's own (parser.py,
 * lexer.py, compiler.py of 3.1.6), and Python's for values. Anything else is an error. */
#ifndef JINJA_RENDER_H
#define JINJA_RENDER_H
#include <jansson.h>

#include "base/diag.h" /* for struct pos */

/* Renders `text`, the scalar that stands at `pos` in a settings file. An error is reported there,
 * with the line and column in the template where that has several lines; NULL is the result then.
 * `lookup` gives a new reference to the value of a name, or NULL for an undefined one. The result
 * lives in `arena`. No message contains a value, as that may be a secret: only words of the
 * template. LC_CTYPE must be C.UTF-8, else casing letters outside ASCII is an error. */
char *jinja_render(struct arena *arena, const char *text, struct pos pos,
                   json_t *(*lookup)(const char *name, void *data), void *data);

#endif
