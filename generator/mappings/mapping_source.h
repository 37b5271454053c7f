/* mapping_source.h - a source that Lambda itself reads for a lambda (mapping.h), and an entry of
 * it. */
#ifndef MAPPINGS_MAPPING_SOURCE_H
#define MAPPINGS_MAPPING_SOURCE_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct field;
struct lambda;
struct model;
struct node;
struct resource;

/* Bits of sources. */
enum {
    MAPPING_SQS = 1,
    MAPPING_KINESIS = 2,
    MAPPING_DYNAMODB = 4,
    MAPPING_KAFKA = 8,
    MAPPING_MQ = 16,
    MAPPING_DOCUMENTDB = 32,
};

/* An entry that was read: what resource->data of these kinds is. */
struct mapping {
    const struct mapping_source *source;
    const struct resource *resource;
    const struct node *settings;
    const struct lambda *lambda; /* NULL in checks, after an error */
    const char *id;              /* "{App}{Name}" and the ending of the source */
};

struct mapping_source {
    unsigned bit;
    const char *what;           /* in messages: "a stream" */
    const char *ending;         /* of names: "Sqs" */
    const struct field *fields; /* the source's own words */
    size_t nfields;
    /* As in Gordon 0.7: the id has no ending, `batch_size` and `enabled` are always written, the
     * mapping waits for gordon.contrib.helpers, and policies of the settings may allow reading. */
    bool legacy;
    const char *reads[2];   /* of `legacy`: actions by which Lambda reads, in lower case */
    const char *managed[4]; /* of `legacy`: AWS's managed policies that allow them */
    /* Checks values beyond the tables, and reports each error; false after errors. */
    bool (*check)(const struct model *model, const struct mapping *mapping);
    /* Adds properties for the source's own words. */
    void (*write)(const struct model *model, const struct mapping *mapping, json_t *properties);
    /* Adds to the statements of a policy what Lambda needs to read the source. */
    void (*allow)(const struct model *model, const struct mapping *mapping, json_t *statements);
};

#endif
