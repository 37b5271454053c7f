/* api_domain_word.h - the settings of a domain name at one API, and their checks. */
#ifndef RESOURCES_API_DOMAIN_WORD_H
#define RESOURCES_API_DOMAIN_WORD_H
#include <stdbool.h>

#include "settings/schema.h" /* for struct field */

struct model;
struct node;
struct resource;

/* The first DOMAIN_SHARED words are of one API; the others are of the domain name. */
enum { DOMAIN_WORDS = 9, DOMAIN_SHARED = 2 };

extern const struct field domain_words[DOMAIN_WORDS];
extern const char *const domain_policies[], *const domain_endpoints[];
extern const char *const domain_address_types[];

/* Checks an entry of `domain`. Reports each error at its place; false after errors. */
bool api_domain_check(const struct model *model, const struct resource *resource,
                      const struct node *entry);

#endif
