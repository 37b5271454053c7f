/* api_value.h - values that several settings of an API have: texts, maps, verbs and responses. */
#ifndef APIS_API_VALUE_H
#define APIS_API_VALUE_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct field;
struct node;

/* Checks responses, each of which has `fields`: their codes, and that the key `unique` is. Without
 * the key it counts as `fallback`. */
bool api_check_responses(const struct node *list, const struct field *fields, size_t n,
                         const char *unique, const char *fallback);
/* Checks the status code of a response. */
bool api_check_code(const struct node *code);
/* Returns responses as JSON, made one by one; a single one of NULL if there are none. */
json_t *api_responses_cfn(const struct node *list, json_t *(*response)(const struct node *node));
/* The verb that a value names, in capitals; NULL after an error. */
const char *api_verb(const struct node *node);
/* Returns a text, or `fallback` if it is not set. */
json_t *api_text(const struct node *node, const char *fallback);
/* Returns a map as JSON, or NULL if it is empty. */
json_t *api_map(const struct node *node);

#endif
