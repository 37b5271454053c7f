/* partition.h - AWS's partitions: the regions that share a form of ARNs and a domain. */
#ifndef SETTINGS_PARTITION_H
#define SETTINGS_PARTITION_H

struct partition {
    const char *name;    /* as AWS::Partition has it: aws, aws-cn, ... */
    const char *domain;  /* as AWS::URLSuffix has it: amazonaws.com, ... */
    const char *console; /* the domain of its console, or NULL if it is not public */
};

/* Returns the partition that the name of a region belongs to by its form; NULL if it has none of
 * the forms, and so names no region. */
const struct partition *partition_of(const char *region);

#endif
