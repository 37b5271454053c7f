/* transform.h - the transforms of a template, and what only a transform knows.
 *
 * CloudFormation Template Reference, "Transforms"; "Intrinsic functions" says which need
 * AWS::LanguageExtensions. A macro of the user's own may do what any other transform does. */
#ifndef RESOURCES_TRANSFORM_H
#define RESOURCES_TRANSFORM_H
#include <stdbool.h>

struct node;

enum transform {
    TRANSFORM_SAM,        /* AWS::Serverless-2016-10-31 */
    TRANSFORM_EXTENSIONS, /* AWS::LanguageExtensions */
    TRANSFORM_COUNT
};

struct transforms {
    const struct node *needs[TRANSFORM_COUNT]; /* where the first thing is that needs it; or NULL */
    bool has[TRANSFORM_COUNT];
};

/* Reads and checks the section Transform of a fragment; `transform` may be NULL. Returns false
 * after reported errors. */
bool transform_read(struct transforms *all, const struct node *transform);
/* Whether the section names a macro of the user's own, which may take any attribute of a resource.
 */
bool transform_is_macro(const struct node *transform);
/* Notes that what stands at `node` needs a transform. */
void transform_need(struct transforms *all, enum transform transform, const struct node *node);
/* Reports what needs a transform that the template does not have, once all is read; false after
 * that. */
bool transform_check(const struct transforms *all);

#endif
