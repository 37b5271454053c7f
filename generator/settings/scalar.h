/* scalar.h - resolves plain YAML scalars by the patterns of PyYAML's resolver. */
#ifndef SETTINGS_SCALAR_H
#define SETTINGS_SCALAR_H
#include <stdbool.h>

#include "settings/node.h" /* for enum node_kind */

struct arena;

enum scalar_result {
    SCALAR_OK,
    SCALAR_RANGE,   /* an integer of more than 64 bits */
    SCALAR_INVALID, /* a pattern matches, but PyYAML makes no value of it either */
};

/* Sets kind and value of `node` from `node->text`. Text that no pattern matches is a string. Dates
 * stay strings, because JSON has none. */
enum scalar_result scalar_resolve(struct arena *arena, struct node *node);
/* Sets kind and value of a scalar with the tag !!float, which may be any decimal number; false if
 * the text is no such number. */
bool scalar_real(struct arena *arena, struct node *node);
/* Writes a number as Python's repr() does: with the fewest digits that read back as the same
 * number. */
const char *scalar_real_text(struct arena *arena, double real);
/* Whether a number was written as JSON writes it. Others are to the bases 2, 8, 16 or 60, have a
 * '+', underscores or an exponent, or digits that a double does not keep. Neither is one of more
 * than 32 bits: CloudFormation makes text such as 1.23456789012E11 of it. */
bool scalar_is_plain(const struct node *number);
/* Sets *kind to what a tag says a node is, and *by_text if its value comes from resolving its text.
 * False for a tag outside of YAML's core schema, which is an error as in PyYAML's safe loader. */
bool tag_kind(const char *tag, enum node_kind *kind, bool *by_text);

/* Returns PyYAML's value of a map's key, as Python's json writes it. */
const char *scalar_key(struct arena *arena, const struct node *key);

#endif
