/* bucket.h - notifications of S3 buckets: which events go to which lambda, queue or topic. */
#ifndef CALLERS_BUCKET_H
#define CALLERS_BUCKET_H
#include <stdbool.h>
#include <stddef.h> /* for size_t */

struct declared;
struct lambda;
struct node;

#define BUCKET_KEY "s3" /* in settings.yml */

enum destination { TO_LAMBDA, TO_QUEUE, TO_TOPIC, DESTINATION_COUNT };

struct notification {
    const char *id;
    const struct node *place; /* where the id stands */
    enum destination to;
    const struct node *destination;     /* as it stands in the settings */
    const struct lambda *lambda;        /* of TO_LAMBDA */
    const struct node *events;          /* text or a list of texts */
    const struct node *prefix, *suffix; /* text, or NULL */
};

/* A bucket that exists elsewhere gets its notifications by a custom resource, and one of a fragment
 * has them itself, unless the app of that custom resource is there. With `eventbridge` they are
 * rules of EventBridge. */
struct bucket {
    const char *id;                     /* "{Name}" */
    const struct node *name;            /* text or ref */
    struct notification *notifications; /* of a map: sorted by id; of a list: in its order */
    size_t count;
    const struct declared *own; /* of a fragment; or NULL */
    bool eventbridge;
};

#endif
