/* reference.h - what a setting needs of a resource that it names.
 *
 * A setting may name a resource of the project: ref://Orders. What CloudFormation's Ref gives is
 * not always what the setting needs: Ref of a queue is its URL, and most settings need its ARN. The
 * table in reference.c knows it by the resource's type (CloudFormation Template Reference, "Return
 * values" of each type). */
#ifndef RESOURCES_REFERENCE_H
#define RESOURCES_REFERENCE_H
#include <jansson.h>
#include <stdbool.h>

struct model;
struct node;

enum want { WANT_REF, WANT_ARN, WANT_NAME, WANT_URL, WANT_STREAM, WANT_ID };

/* Returns cfn_value(node); but what a setting needs of a resource of the project, if it is a ref to
 * one. */
json_t *reference_value(const struct model *model, const struct node *node, enum want want);
/* Whether a value can be what a setting needs: reports a ref to a resource of the project whose
 * type is none of `types`, a list that ends with NULL. True for anything else than such a ref.
 * `what` names what is wanted: "a queue or a topic". */
bool reference_check(const struct model *model, const struct node *node, const char *const *types,
                     const char *what);

#endif
