/* event_target.h - what a rule of EventBridge calls, and with what input (API Reference, "Target").
 */
#ifndef CALLERS_EVENT_TARGET_H
#define CALLERS_EVENT_TARGET_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct entry;
struct lambda;
struct model;
struct node;
struct steps;

struct target {
    const struct node *settings;
    const struct lambda *lambda; /* or NULL: */
    const struct node *to;       /* another receiver (receiver.h); else NULL */
    const char *id;              /* "{Alias}", "{Alias}-{target}", or "{target}" */
    const char *permission_id;   /* NULL if another target has the lambda's permission */
};

struct rule {
    const char *id;
    const struct node *pattern; /* or NULL */
    struct target *targets;     /* sorted by id */
    size_t ntargets;
};

/* Reads a target of the rule, which the event `name` is, and appends it; false after errors. */
bool target_read(struct model *model, struct rule *rule, const char *name,
                 const struct entry *entry);
/* Returns it as an item of Targets. */
json_t *target_cfn(const struct model *model, const struct rule *rule, const struct target *target);
/* Adds the role by which the rule calls what takes one: a bus, a stream or a state machine. */
void targets_role_write(const struct model *model, struct steps *steps, const struct node *key,
                        const struct rule *rule);
/* Adds its permission, and lets the rule send to its dead-letter queue. */
void target_write(const struct model *model, struct steps *steps, const struct node *key,
                  const struct rule *rule, const struct target *target);

/* Rows of the tables of fields: how often and how long EventBridge and its scheduler try a call
 * that failed, and where events go then (API References, "RetryPolicy"). */
enum { RETRIES_MAX = 185, AGE_MIN = 60, AGE_MAX = 86400 };
#define RETRY_FIELDS                                                                               \
    {"dead_letter", FIELD_ANY}, {"retries", FIELD_INT, .max = RETRIES_MAX},                        \
    {                                                                                              \
        "max_age", FIELD_INT, .min = AGE_MIN, .max = AGE_MAX, .unit = "seconds"                    \
    }
/* Checks `dead_letter` of a map that has these fields. */
bool retry_check(const struct model *model, const struct node *settings);
/* Return RetryPolicy and DeadLetterConfig, or NULL. */
json_t *retry_policy(const struct node *settings);
json_t *retry_letters(const struct model *model, const struct node *settings);

/* Warns of text that is no JSON, as an input must be. */
void input_check(const struct node *input);
/* Returns an input as JSON text; NULL if there is none. */
json_t *input_text(const struct node *input);

#endif
