/* policy_size.h - the size of policies, which IAM limits (IAM User Guide, "IAM and AWS STS
 * quotas").
 */
#ifndef TEMPLATE_POLICY_SIZE_H
#define TEMPLATE_POLICY_SIZE_H
#include <jansson.h>
#include <stddef.h>

struct arena;
struct table;

/* The characters of a policy document that are certain: without white space, which IAM does not
 * count, and without what CloudFormation puts in. */
size_t policy_size(const json_t *document);

struct policy_quota {
    const char *type, *what; /* of the resource, and what is counted, in messages */
    size_t max;
};

/* Calls `over` for each resource of the template whose policies exceed a quota: the inline policies
 * of a role, a user or a group together, with those of the template that name it; a managed policy
 * by itself. */
void policy_sizes(struct arena *arena, const json_t *template,
                  void (*over)(const char *id, const struct policy_quota *quota, size_t size,
                               void *data),
                  void *data);

#endif
