/* artifact.h - files of the project that resources of fragments take from S3: a state machine's
 * definition, an API's body, a nested template, the zip of a function.
 *
 * Properties that name a place in S3 may name a file instead, from the folder of the file in which
 * they stand, as for `aws cloudformation package`. The file is uploaded with the zips. Its name in
 * the bucket has a digest of its content, so that the resource changes when the file does. */
#ifndef RESOURCES_ARTIFACT_H
#define RESOURCES_ARTIFACT_H
#include <stdbool.h>
#include <stddef.h>

struct entry;
struct model;
struct node;
struct project;
struct steps;

struct artifact {
    const char
        *name; /* in code/ of the build, and in the bucket: "Machine-0123456789abcdef.json" */
    const char *text;
    size_t len;
};

/* Reads the files that a resource of a fragment names, and puts the places in the bucket into its
 * properties. Notes the files in the project, and the artifacts in the model. Returns false after
 * reported errors. */
bool artifacts_read(struct project *project, struct model *model, const struct entry *resource);
/* The same for files that AWS::Include takes, at any depth of `value`, a fragment. `id` is the
 * first part of their names. */
bool artifacts_read_includes(struct project *project, struct model *model, const char *id,
                             const struct node *value);
/* Adds the uploads. */
void artifacts_write(const struct model *model, struct steps *steps);

#endif
