/* transfer.h - a step of actions: the code of all lambdas into the bucket, contexts put in. */
#ifndef DEPLOY_TRANSFER_H
#define DEPLOY_TRANSFER_H
#include <jansson.h>
#include <stdbool.h>

#include "base/util.h" /* for struct table */

struct arena;
struct aws;
struct built;
struct built_step;
struct upload;

struct transfer {
    struct arena *arena;
    struct aws *aws;
    const struct built *built;
    json_t *values;      /* names to strings; gets the outputs of actions, and LambdaDigests */
    const char *staging; /* a private folder for what is uploaded */
    const char
        *template_url;   /* where the next stack's template is, once it was uploaded; or NULL */
    const char *lent;    /* the key of a template that goes away again */
    json_t *listing;     /* of the bucket, as it was before the upload; the caller's to release */
    struct table marked; /* keys of zips that go up marked, so that AWS sees new code */
};

/* Makes the file of one action as it goes up: the zip of the build with its context. */
bool transfer_stage(struct transfer *transfer, const json_t *action, struct upload *upload);
/* Carries out a step of actions, and uploads the template of the step after it when that is too
 * large to be sent along. False after an error that was reported. */
bool transfer_run(struct transfer *transfer, const struct built_step *step);
/* What an object of the bucket is called in parameters that is not there yet. */
#define TRANSFER_LATER "(to be uploaded)"
/* Stages what a step would upload, and finds what the bucket holds of it, if there is a bucket: the
 * others have no version. Sets the outputs of the step with that. False after an error. */
bool transfer_compare(struct transfer *transfer, const struct built_step *step,
                      struct upload **uploads, size_t *n);
/* Puts a template that is too large to be sent along into the bucket, and takes it away again by
 * the version that it got there; NULL: it was small. */
bool transfer_lend_template(struct transfer *transfer, const char *label, const char *body,
                            const char **version);
bool transfer_return_template(struct transfer *transfer, const char *bucket, const char *version);
/* From now on the zip of the function of this version (a logical id) goes up marked. False when it
 * did already, or when there is none. */
bool transfer_mark(struct transfer *transfer, const char *version);
/* Uploads a template that is too large to be sent along, if it was not yet; `label` is shown. */
bool transfer_template(struct transfer *transfer, const char *label, const char *body);

#endif
