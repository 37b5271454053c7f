/* upload.h - uploads zips with their contexts to the bucket, except those that it already has. */
#ifndef DEPLOY_UPLOAD_H
#define DEPLOY_UPLOAD_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for int64_t */

#include "base/diag.h"   /* for struct pos */
#include "base/digest.h" /* for SHA256_HEX */

struct aws;

/* A file to upload: the zip of an action, or a template that is too large for a request. */
struct upload {
    const char *action;      /* the action's name; "" for a template */
    const char *label;       /* its name in the report: "code/pyday_pyday.zip" */
    const char *key;         /* in the bucket */
    const char *staged;      /* the local file that is uploaded */
    bool marked;             /* by a comment in the zip, so that AWS takes the code for new */
    char sha256[SHA256_HEX]; /* without the mark */
    const char *version;     /* of the object in the bucket; set by upload_all */
    const char *before;      /* the latest version before the upload, or NULL */
};

/* Where uploads go. */
struct upload_to {
    const char *bucket;
    struct pos pos;      /* of the bucket's name in the settings */
    const char *staging; /* the folder, of which everything is uploaded */
};

/* Writes the staged file of an action into `staging`: the zip of the build with the context in it,
 * or the zip itself if `context` is NULL. All refs in `context` are resolved. False after an error
 * that was reported. */
bool upload_stage(struct aws *aws, struct upload *upload, const char *zip, const char *staging,
                  const json_t *context, const char *destination);
/* Whether an object of the bucket with `held_size` bytes and this tag is the staged file, which has
 * `size` bytes, or the same file with a mark. In the second case the staged file gets the mark. */
bool upload_is_held(struct upload *upload, int64_t size, int64_t held_size, const char *tag);
/* Uploads the staged files that the bucket does not have, and sets all versions: by one listing
 * and, if something differs, one parallel upload and a second listing. If `listing` is not NULL and
 * `*listing` is, it gets the first one (new). False after an error that was reported. */
bool upload_all(struct aws *aws, const struct upload_to *to, struct upload *uploads, size_t n,
                json_t **listing);
/* Sets the version of each upload that, by this listing, the bucket has already. */
void upload_find(struct aws *aws, const json_t *listing, struct upload *uploads, size_t n);

#endif
