/* scalar.h - what a plain YAML scalar means, by the patterns of PyYAML's resolver. */
#ifndef SETTINGS_SCALAR_H
#define SETTINGS_SCALAR_H
#include <stdbool.h>

#include "settings/node.h" /* for enum node_kind */

struct arena;

enum scalar_result {
    SCALAR_OK,
    SCALAR_RANGE,   /* an integer of more than 64 bits */
    SCALAR_INVALID, /* PyYAML's pattern matches, but it cannot make a value of it either */
};

/* Sets kind and value of `node` from `node->text`; what no pattern takes is a string. Dates stay
 * strings, as JSON has none. */
enum scalar_result scalar_resolve(struct arena *arena, struct node *node);
/* The same for a scalar with the tag !!float, which may be any decimal number; false if it is none.
 */
bool scalar_real(struct arena *arena, struct node *node);
/* A number as Python's repr() has it: the fewest digits that are the same number again. */
const char *scalar_real_text(struct arena *arena, double real);
/* What a tag says a node is; false for one outside of YAML's core schema, which is an error as in
 * PyYAML's safe loader. *by_text: the text says the value. */
bool tag_kind(const char *tag, enum node_kind *kind, bool *by_text);

#endif
