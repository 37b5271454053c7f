/* kafka.h - the kind `kafka`: lambdas that read a topic of Kafka, of a cluster of Amazon MSK or of
 * brokers elsewhere. */
#ifndef MAPPINGS_KAFKA_H
#define MAPPINGS_KAFKA_H
#include "resources/model.h" /* for struct kind */

extern const struct kind kafka_kind;

#endif
