/* artifact.h - files and folders of the project that resources of fragments take from S3: a state
 * machine's definition, an API's body, the code of a function, a nested template.
 *
 * Properties that name a place in S3 may name a file or a folder instead, from the folder of the
 * file in which they stand, as for `aws cloudformation package`. It is uploaded with the zips. Its
 * name in the bucket has a digest of its content, so that the resource changes when the content
 * does. */
#ifndef RESOURCES_ARTIFACT_H
#define RESOURCES_ARTIFACT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"   /* for struct pos */
#include "base/digest.h" /* for SHA256_HEX */
#include "base/util.h"   /* for struct table */

struct entry;
struct model;
struct nested;
struct node;
struct pack_entry;
struct project;
struct steps;

struct artifact {
    const char
        *name;      /* in code/ of the build, and in the bucket: "Machine-0123456789abcdef.json" */
    struct pos pos; /* of the path in the settings */
    const char *text; /* the content; NULL for a zip of `entries` */
    size_t len;
    struct pack_entry *entries; /* sorted, with the digests of their contents */
    size_t nentries;
    const struct nested *nested; /* whose text it is; or NULL */
};

/* Finds what is in a zip of the folder or the file `path`, which `setting` names, and sets the
 * entries of the artifact and `digest`, that of their names, modes and contents. Notes what was
 * read in the project. `id` is the resource's, for messages. Returns false after reported errors.
 * The wing of this file cannot pack; build/artifact_zip.h can. */
typedef bool artifact_zip(struct project *project, const struct node *setting, const char *id,
                          const char *path, struct artifact *artifact, char digest[SHA256_HEX]);

/* Reads a nested template (nested_read). A fragment may name one, and it is read as a fragment. */
typedef struct nested *artifact_template(struct project *project, struct model *model,
                                         const struct node *setting, const char *path);

struct artifacts {
    artifact_zip *zip;
    artifact_template *template;
    struct artifact *list; /* each name once */
    size_t n;
    struct table names;     /* of the list */
    struct table templates; /* real paths of nested templates, to struct nested */
};

/* Sets the artifacts of a project's model: none yet. */
void artifacts_init(struct model *model, artifact_zip *zip, artifact_template *template);
/* Read the files that a resource of a fragment, an entry of Metadata or of Globals names, and put
 * the places in the bucket into its properties. Note the files in the project, and the artifacts in
 * the model. Return false after reported errors. */
bool artifacts_read(struct project *project, struct model *model, const struct entry *resource);
bool artifacts_read_metadata(struct project *project, struct model *model,
                             const struct entry *entry);
bool artifacts_read_globals(struct project *project, struct model *model,
                            const struct entry *entry);
/* The same for files that AWS::Include takes, at any depth of `value`, a fragment. `id` is the
 * first part of their names. */
bool artifacts_read_includes(struct project *project, struct model *model, const char *id,
                             const struct node *value);
/* Adds the uploads. */
void artifacts_write(const struct model *model, struct steps *steps);

#endif
