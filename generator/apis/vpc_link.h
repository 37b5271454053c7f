/* vpc_link.h - checks the `vpc_link` of an integration. */
#ifndef APIS_VPC_LINK_H
#define APIS_VPC_LINK_H
#include <stdbool.h>

struct model;
struct node;

/* Checks an id, or a ref to a link. `rest` is whether a REST API has it: its links may be of both
 * kinds, and named by a stage variable. Reports an error and returns false if it is something
 * else. */
bool vpc_link_check(const struct model *model, const struct node *link, bool rest);

#endif
