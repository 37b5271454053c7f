/* lambda_word.h - all settings of a lambda: the table of their subjects (lambda_part.h). */
#ifndef LAMBDAS_LAMBDA_WORD_H
#define LAMBDAS_LAMBDA_WORD_H
#include <stdbool.h>
#include <stddef.h>

struct field;
struct lambda;
struct lambda_parts;
struct model;

/* All settings of a lambda: *n fields. */
const struct field *lambda_fields(size_t *n);
/* Calls `check` of each subject of which the lambda has a setting; false after errors. */
bool lambda_words_check(const struct model *model, const struct lambda *lambda);
/* Calls `link` of each subject, for all lambdas that have a setting of it; false after errors. */
bool lambda_words_link(const struct model *model);
/* Calls `write` of these subjects, in the order of the table. */
void lambda_words_write(struct lambda_parts *parts);

#endif
