/* lambda_part.h - the settings of a lambda, by subject: logs, tracing, its role, and so on.
 *
 * A subject is one file, lambda_<subject>.c, with the table of its settings, the check of their
 * values, and how they are written into the lambda's resources. lambda_word.c has the table of all
 * subjects. */
#ifndef LAMBDAS_LAMBDA_PART_H
#define LAMBDAS_LAMBDA_PART_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct cfn;
struct field;
struct lambda;
struct model;
struct node;
struct steps;

/* The resources of one lambda, before they are added to the template. The json_t * belong to
 * lambda_write, which adds them when all subjects have written. */
struct lambda_parts {
    const struct model *model;
    const struct lambda *lambda;
    struct steps *steps;
    struct cfn *cfn; /* of the stack of resources, for further resources */
    /* Whole resources, with "Type" and "Properties". */
    json_t *function, *version, *alias;
    json_t *role; /* or NULL, if the settings name another role */
};

struct lambda_subject {
    const struct field *fields;
    size_t nfields;
    bool always; /* checked and written even if none of its fields is set */
    /* Checks the values beyond the table, and reports every error; false after errors. NULL: there
     * is nothing to check. */
    bool (*check)(const struct model *model, const struct lambda *lambda);
    /* Checks what the settings refer to, when all resources are read; else as `check`. */
    bool (*link)(const struct model *model, const struct lambda *lambda);
    /* Adds to the parts. NULL: lambda_cfn.c writes these settings, or packing needs them. */
    void (*write)(struct lambda_parts *parts);
};

/* Sets a property of a resource; nothing if `value` (stolen) is NULL. */
void lambda_property(json_t *resource, const char *name, json_t *value);
/* Adds a policy document to the lambda's own role, under the name "<Name><suffix>". Does nothing
 * with a role that the settings name. Steals `document`. */
void lambda_policy(struct lambda_parts *parts, const char *suffix, json_t *document);
/* The two halves of this: returns the policy (steals `document`), and adds it, or an Fn::If of such
 * policies (stolen). */
json_t *lambda_policy_value(const struct lambda_parts *parts, const char *suffix, json_t *document);
void lambda_add_policy(struct lambda_parts *parts, json_t *policy);
/* Returns the value of an Fn::If whose other value is AWS::NoValue; of anything else, the node. */
const struct node *lambda_optional(const struct node *node);
/* The same as lambda_policy, for what lambda_optional returns of a value of the settings, if that
 * is there. */
void lambda_policy_for(struct lambda_parts *parts, const char *suffix, json_t *document,
                       const struct node *resource);
/* The same for a policy that allows `actions` (a list) on `resource`; steals both. */
void lambda_allow(struct lambda_parts *parts, const char *suffix, json_t *actions,
                  json_t *resource);
/* Warns that the setting `key`, with the value `value`, does nothing if the settings name another
 * role. */
void lambda_warn_role(const struct lambda *lambda, const struct node *value, const char *key);

#endif
