/* queue_policy.h - policies of queues and topics of the project, by which services of AWS send to
 * them.
 *
 * A queue has one policy, which each AWS::SQS::QueuePolicy replaces, and a topic has one, too. So
 * the kinds note what sends to it while they are written, and one policy is written at the end; or
 * none, if a fragment has one: that is the user's. Those of other projects have policies of their
 * own. */
#ifndef CALLERS_QUEUE_POLICY_H
#define CALLERS_QUEUE_POLICY_H
#include <jansson.h>
#include <stdbool.h>

struct cfn;
struct declared;
struct model;
struct node;
struct steps;

struct queue_sender {
    const struct node *place;     /* where the settings name the queue or topic */
    const struct declared *queue; /* or topic, of a fragment */
    const char *principal;        /* of the service: "sns.amazonaws.com" */
    json_t *statement;            /* that lets it send */
    const char *condition;        /* of the sender, or NULL */
    bool taken;                   /* another policy has the statement */
};

/* Notes that the service `principal` sends for `source_arn` (stolen) to the queue or topic that
 * `node` names (receiver.h), if that is one of a fragment. */
void queue_policy_allow(const struct model *model, struct steps *steps, const struct node *node,
                        const char *principal, json_t *source_arn);
/* Adds the statements about the queue or topic with this ARN to those of another policy for it,
 * which takes the place of the one that queue_policies_write would write. */
void queue_policy_take(struct steps *steps, const json_t *arn, json_t *statements);
/* Writes the policies. */
void queue_policies_write(const struct model *model, struct steps *steps);
/* Frees what was noted. */
void queue_policies_release(struct steps *steps);

#endif
