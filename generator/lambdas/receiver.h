/* receiver.h - what gets events, or the failures or results of a lambda: a queue, a topic, an event
 * bus, another lambda, a bucket, a stream, or a state machine (Lambda Developer Guide, "Capturing
 * records of Lambda asynchronous invocations"). */
#ifndef LAMBDAS_RECEIVER_H
#define LAMBDAS_RECEIVER_H
#include <jansson.h>
#include <stdbool.h>

struct declared;
struct model;
struct node;

/* Bits of what a setting takes. */
enum {
    RECEIVER_QUEUE = 1,
    RECEIVER_TOPIC = 2,
    RECEIVER_BUS = 4,
    RECEIVER_LAMBDA = 8,
    RECEIVER_BUCKET = 16,
    RECEIVER_STREAM = 32, /* of Kinesis */
    RECEIVER_FIREHOSE = 64,
    RECEIVER_MACHINE = 128, /* of Step Functions */
};

/* Checks a setting: an ARN, a function, or a map of one kind to a name, an ARN or a function, such
 * as {queue: jobs}. `key` names the setting in errors. */
bool receiver_check(const struct model *model, const struct node *node, unsigned takes,
                    const char *key);
/* Returns its ARN; NULL after an error, about a lambda that is not there. Lambdas must be read. */
json_t *receiver_arn(const struct model *model, const struct node *node);
/* Returns the policy document that lets a role send to this ARN (stolen). If only CloudFormation
 * knows the kind, it has the action of each kind: all but one have no effect on this ARN. */
json_t *receiver_policy(const struct model *model, const struct node *node, unsigned takes,
                        json_t *arn);
/* Returns the resource of a fragment whose Ref or attribute a setting is, also in a map of its
 * kind; NULL for anything else. */
const struct declared *receiver_resource(const struct model *model, const struct node *node);
/* Whether a resource, or NULL, is a FIFO queue or topic. */
bool receiver_is_fifo(const struct declared *declared);
/* The bit of its kind; 0 if only CloudFormation knows it. */
unsigned receiver_kind(const struct model *model, const struct node *node);
/* Whether it is a lambda, as far as the build knows. */
bool receiver_is_lambda(const struct model *model, const struct node *node);

#endif
