/* event_filter.h - checks the patterns by which AWS selects events and messages: of EventBridge
 * (User Guide, "Creating event patterns", "Comparison operators"), of mappings, and of
 * subscriptions (SNS Developer Guide, "Filter policies"). */
#ifndef RESOURCES_EVENT_FILTER_H
#define RESOURCES_EVENT_FILTER_H
#include <stdbool.h>

struct node;

enum event_filter {
    FILTER_EVENT,      /* a pattern of EventBridge; a value that is in no list is a warning */
    FILTER_RECORD,     /* a filter of a mapping (mapping_filter.h) */
    FILTER_ATTRIBUTES, /* a filter policy about a message's attributes: one level of keys */
    FILTER_BODY,       /* a filter policy about a message's body */
};

/* Checks a map, at any depth. Reports each error at its place; false after errors. Values that
 * CloudFormation gives are not looked at. */
bool event_filter_check(const struct node *filter, enum event_filter form);

#endif
