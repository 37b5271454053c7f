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

struct declared;
struct model;
struct node;

enum want {
    WANT_ARN,
    WANT_NAME,
    WANT_URL,    /* of a queue, a repository */
    WANT_STREAM, /* the ARN of a stream: of a table, the one of its changes */
    WANT_ID,     /* of a security group, a subnet, a key, an access point */
    WANT_COUNT
};

/* Returns the resource of a fragment to which `node` is a ref, or NULL. */
const struct declared *reference_resource(const struct model *model, const struct node *node);

/* Returns `node`; but if it is a ref to a resource of the project, the reference to what a setting
 * needs of it, at the same place. */
const struct node *reference_node(const struct model *model, const struct node *node,
                                  enum want want);
/* The same as JSON. */
json_t *reference_value(const struct model *model, const struct node *node, enum want want);
/* Whether a value can be what a setting needs: reports a ref to a resource of the project whose
 * type is none of `types`, a list that ends with NULL. True for anything else than such a ref.
 * `what` names what is wanted: "a queue or a topic". */
bool reference_check(const struct model *model, const struct node *node, const char *const *types,
                     const char *what);

/* Whether two values, which may be functions, are the same in a template. */
bool reference_same(const struct node *a, const struct node *b);

/* Whether a change of this property makes another resource of the type, so that refs to it change.
 * Of unknown types, that is assumed of names only. */
bool reference_is_replaced_by(const char *type, const char *property);

#endif
