/* policy_check.h - checks policies of IAM that the settings have: a document, a statement, or a
 * list of statements (IAM User Guide, "Grammar of the IAM JSON policy language"). */
#ifndef RESOURCES_POLICY_CHECK_H
#define RESOURCES_POLICY_CHECK_H
#include <stdbool.h>

struct node;

enum policy_of {
    POLICY_OF_ROLE,     /* says what the role may do; has no Principal */
    POLICY_OF_RESOURCE, /* says who may use the resource */
};

/* Whether a map is a statement and not a document. */
bool policy_is_statement(const struct node *node);
/* Checks a document or a statement, which must be a map. Reports each error at its place; false
 * after errors. What CloudFormation gives is not looked at. */
bool policy_check(const struct node *policy, enum policy_of of);

#endif
