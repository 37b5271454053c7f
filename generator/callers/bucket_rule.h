/* bucket_rule.h - notifications of a bucket by EventBridge: a rule for each, which calls the lambda
 * (S3 User Guide, "Using EventBridge").
 *
 * Events have the form of EventBridge. A bucket of a fragment is made to send them; another one
 * must do so already. */
#ifndef CALLERS_BUCKET_RULE_H
#define CALLERS_BUCKET_RULE_H
#include <stdbool.h>

struct bucket;
struct model;
struct resource;
struct steps;

/* Reports each event that EventBridge does not have, and each queue and topic; false after errors.
 */
bool bucket_rules_check(const struct bucket *bucket);
/* Adds the rules and their permissions. */
void bucket_rules_write(const struct model *model, const struct resource *resource,
                        struct steps *steps);

#endif
