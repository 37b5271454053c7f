/* transfer.h - a step of actions: uploads the code of all lambdas, with their contexts, to the
 * bucket. */
#ifndef DEPLOY_TRANSFER_H
#define DEPLOY_TRANSFER_H
#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h" /* for struct pos */
#include "base/util.h" /* for struct table */

struct arena;
struct aws;
struct built;
struct built_step;
struct upload;

struct transfer {
    struct arena *arena;
    struct aws *aws;
    struct pos bucket_pos; /* of the bucket's name in the settings */
    const struct built *built;
    json_t *values;           /* names to strings; gets the outputs of actions, and LambdaDigests */
    const char *staging;      /* a private folder for what is uploaded */
    const char *template_url; /* of the next stack's template, if it was uploaded; or NULL */
    const char *lent;         /* the key of the template of transfer_lend_template */
    json_t *listing;          /* of the bucket before the upload; the caller releases it */
    struct table marked;      /* keys of zips to mark, so that AWS takes their code for new */
};

/* Writes the file that an action uploads: the zip of the build with its context. False after an
 * error that was reported. */
bool transfer_stage(struct transfer *transfer, const json_t *action, struct upload *upload);
/* Runs a step of actions, and uploads the template of the next step if that is too large for a
 * request. False after an error that was reported. */
bool transfer_run(struct transfer *transfer, const struct built_step *step);
/* In parameters, the version of an object that is not uploaded yet. */
#define TRANSFER_LATER "(to be uploaded)"
/* Stages the files that a step would upload, and sets the versions of those that the bucket, if
 * there is one, has already. Sets the outputs of the step accordingly. False after an error. */
bool transfer_compare(struct transfer *transfer, const struct built_step *step,
                      struct upload **uploads, size_t *n);
/* Uploads a template that is too large for a request, for a short time, and sets `version` to the
 * object's version, or to NULL if the template is small. False after an error. */
bool transfer_lend_template(struct transfer *transfer, const char *label, const char *body,
                            const char **version);
/* Deletes this version of it, also after a signal; NULL: there is none. False after an error. */
bool transfer_return_template(struct transfer *transfer, const char *bucket, const char *version);
/* Marks the zip of the function of this version (a logical id) in later uploads. False if it is
 * marked already, or if there is no such function. */
bool transfer_mark(struct transfer *transfer, const char *version);
/* Uploads a template that is too large for a request, unless it was uploaded before. `label` is its
 * name in the report. False after an error. */
bool transfer_template(struct transfer *transfer, const char *label, const char *body);

#endif
