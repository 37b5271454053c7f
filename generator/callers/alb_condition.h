/* alb_condition.h - `conditions` of a rule of a load balancer: which requests it takes. */
#ifndef CALLERS_ALB_CONDITION_H
#define CALLERS_ALB_CONDITION_H
#include <jansson.h>
#include <stdbool.h>

struct node;

/* Checks the map `conditions`; false after reported errors. */
bool alb_conditions_check(const struct node *conditions);
/* Returns them as the property Conditions of a listener rule. */
json_t *alb_conditions_cfn(const struct node *conditions);

#endif
