/* mapping.h - sources that Lambda itself reads for a lambda: queues, streams, topics of Kafka,
 * brokers, databases. Each is an AWS::Lambda::EventSourceMapping.
 *
 * The words that several sources share are in mapping_word.c, with the sources that have them. A
 * kind is one file, with its own words, as `queue`, and what they need. Rules of values are those
 * of the Lambda API Reference, "CreateEventSourceMapping"; of the CloudFormation Template
 * Reference, "AWS::Lambda::EventSourceMapping"; and of the Lambda Developer Guide, the pages
 * "Lambda parameters for ..." of each source. */
#ifndef MAPPINGS_MAPPING_H
#define MAPPINGS_MAPPING_H
#include <stdbool.h>

struct lambda_parts;
struct model;
struct resource;
struct steps;

/* `read`, `write` and `grant` of these kinds, whose `own` is their struct mapping_source. */
bool mapping_read(struct model *model, struct resource *resource);
void mapping_write(const struct model *model, const struct resource *resource, struct steps *steps);
void mapping_grant(const struct resource *resource, struct lambda_parts *parts);

#endif
