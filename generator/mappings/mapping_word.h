/* mapping_word.h - the words that several sources of a mapping share (mapping.h). */
#ifndef MAPPINGS_MAPPING_WORD_H
#define MAPPINGS_MAPPING_WORD_H
#include <jansson.h>
#include <stdbool.h>

struct mapping;
struct model;
struct node;

/* Checks the keys of an entry, and each value by the tables; reports a word that only other sources
 * have. False after errors. */
bool mapping_words_check(const struct model *model, const struct mapping *mapping);
/* Checks the values beyond the tables; false after errors. */
bool mapping_values_check(const struct model *model, const struct mapping *mapping);
/* Adds the properties. */
void mapping_words_write(const struct model *model, const struct mapping *mapping,
                         json_t *properties);

/* Reports `node`, a value of the setting `key`, if it is a literal and no ARN of `service` whose
 * resource begins with `prefix`, or a ref to a resource of the project of another type than `types`
 * (reference.h). `form` is what such an ARN looks like behind the account; `what` has its article.
 */
bool mapping_arn_check(const struct model *model, const struct node *node, const char *key,
                       const char *const *types, const char *what, const char *service,
                       const char *prefix, const char *form);

#endif
