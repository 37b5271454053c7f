/* render.h - the Jinja2 subset of parameters: a template gives the same text as Jinja2 3.1 with its
 * default Environment, or an error at its place, never a different text.
 *
 * Supported are {{ }}, {% if %}, {% for %}, {% set %}, {# #}, whitespace control, operators, and
 * the filters and tests in the tables of jinja/filter.c and jinja/test.c. The rules are Jinja's own
 * (parser.py, lexer.py, compiler.py of 3.1.6), and Python's for values. All else is an error. */
#ifndef JINJA_RENDER_H
#define JINJA_RENDER_H
#include <jansson.h>

#include "base/diag.h" /* for struct pos */

/* Renders `text`, the scalar at `pos` in a settings file. The result lives in `arena`. Returns NULL
 * after an error, which is reported at `pos`, with the line and column in the template if it has
 * several lines. `lookup` returns a new reference to the value of a name, NULL if it is undefined.
 * No message contains a value, because that may be secret: only words of the template. Upper
 * and lower case and repr() of characters outside ASCII set LC_CTYPE to C.UTF-8 (str_use_unicode);
 * they are errors if there is no such locale. */
char *jinja_render(struct arena *arena, const char *text, struct pos pos,
                   json_t *(*lookup)(const char *name, void *data), void *data);

#endif
