/* mapping_policy.h - what Lambda needs in the role of a lambda to read its source. */
#ifndef MAPPINGS_MAPPING_POLICY_H
#define MAPPINGS_MAPPING_POLICY_H
#include <jansson.h>
#include <stdbool.h>

struct declared;
struct lambda;
struct mapping;
struct model;
struct node;

/* Returns the policy document for a mapping; NULL if it needs none. */
json_t *mapping_policy(const struct model *model, const struct mapping *mapping);

/* Returns the resource of a fragment whose Ref or attribute a value is, or NULL. */
const struct declared *mapping_resource(const struct model *model, const struct node *node);
/* Whether a policy in the settings of the lambda allows one of the actions, which are in lower
 * case; NULL for none. */
bool mapping_policies_allow(const struct lambda *lambda, const char *const actions[2]);

/* For `allow` of a source; they steal json_t *.
 *
 * Adds a statement that allows `actions` on `resources`, both lists. */
void mapping_allow(json_t *statements, json_t *actions, json_t *resources);
/* Allows what Lambda needs to reach a source in a VPC. */
void mapping_allow_network(json_t *statements);
/* Allows kms:Decrypt with the keys of the resource of a fragment whose Ref or attribute `node` is;
 * nothing for any other value. */
void mapping_allow_key(const struct model *model, const struct mapping *mapping, json_t *statements,
                       const struct node *node);

/* A secret of Secrets Manager: checks that `node` is an ARN or a ref, returns its ARN, and allows
 * reading it. */
bool mapping_secret_check(const struct model *model, const struct node *node, const char *key);
json_t *mapping_secret(const struct model *model, const struct node *node);
void mapping_allow_secret(const struct model *model, const struct mapping *mapping,
                          json_t *statements, const struct node *node);

#endif
