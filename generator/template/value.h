/* value.h - values in a template: CloudFormation's intrinsic functions, and settings as JSON.
 *
 * A function that returns json_t * returns a new reference; one that takes json_t * steals it,
 * unless it is const. */
#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H
#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */

struct node;

/* Ref and Fn::GetAtt. */
json_t *cfn_ref(const char *name);
json_t *cfn_att(const char *id, const char *attribute);
/* Fn::Sub of `text`, in which CloudFormation replaces each ${...}. */
json_t *cfn_sub(const char *text);
/* Fn::Join of the items of the list `parts`. */
json_t *cfn_join(const char *separator, json_t *parts);
/* Appends a value (stolen) to a list that does not have it yet. */
void cfn_add_once(json_t *list, json_t *value);
/* The policy document that lets an AWS service, such as lambda.amazonaws.com, assume a role. */
json_t *cfn_assume_role(const char *service);
/* Begins the templates of a project, whose settings may expand to two million values: the next one
 * is an error. */
void cfn_begin_values(void);
/* Converts a value of the settings to JSON, with ref(Name) for each "ref://Name" at any depth. NULL
 * for NULL and YAML's null, and after an error, which is reported. Inside of a list or a map, both
 * become null. */
json_t *cfn_convert(const struct node *node, json_t *(*ref)(const char *name));
/* cfn_convert with cfn_ref, for properties that AWS takes as text. So a number stays as it was
 * written if JSON would write it in another way: 012345670123, 1.10, 0x1F, 1_000. */
json_t *cfn_value(const struct node *node);
/* cfn_value of a list, or of a function that gives one. Anything else is the one item of a list. */
json_t *cfn_list(const struct node *node);
/* Returns a number, even if it was written as text, or cfn_value of what CloudFormation gives. */
json_t *cfn_int(const struct node *node);
/* The same; NULL if it is not set. */
json_t *cfn_optional_int(const struct node *node);
/* One value of a list or of a setting as JSON, for cfn_branches. */
typedef json_t *cfn_one(const struct node *node, const void *data);
/* Returns the value of a node by `one`; of Fn::If, that of each of its values. */
json_t *cfn_branches(const struct node *node, cfn_one *one, const void *data);
/* The same as a list: of one value, of a list, or of Fn::If with such values. Other functions that
 * return lists are one. NULL without a value. */
json_t *cfn_list_of(const struct node *node, cfn_one *one, const void *data);
/* The same for one of `choices` (settings/schema.h), as AWS writes it. */
json_t *cfn_choice(const struct node *node, const char *const *choices);
/* Whether a ref may have this name; reports an error at `pos` if not. */
bool cfn_check_ref(struct pos pos, const char *name);
/* Whether JSON is an intrinsic function: an object of one key, Ref or Fn::... */
bool cfn_is_function(const json_t *value);

#endif
