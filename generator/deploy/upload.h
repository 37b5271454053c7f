/* upload.h - the code of all lambdas into the bucket: contexts put in, unchanged zips left alone.
 */
#ifndef DEPLOY_UPLOAD_H
#define DEPLOY_UPLOAD_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h> /* for int64_t */

#include "base/digest.h" /* for SHA256_HEX */

struct aws;

/* One file to upload: a zip of an action, or a template too large to be sent along. */
struct upload {
    const char *action;      /* the action's name; "" for a template */
    const char *label;       /* how it is shown: "code/pyday_pyday.zip" */
    const char *key;         /* in the bucket */
    const char *staged;      /* the file as it goes up */
    bool marked;             /* as code that AWS has not seen: by a comment of the zip */
    char sha256[SHA256_HEX]; /* without the mark */
    const char *version;     /* of the object in the bucket; set by upload_all */
    const char *before;      /* the version that was there when it was uploaded, or NULL */
};

/* Makes the staged file of an action under `staging`: the zip of the build with the context in it.
 * `context` holds no refs any more. False after an error that was reported. */
bool upload_stage(struct aws *aws, struct upload *upload, const char *zip, const char *staging,
                  const json_t *context, const char *destination);
/* Whether an object of the bucket, of `held_size` bytes and with this tag, is what was staged, of
 * `size` bytes, or the same with a mark, which the staged file gets then. */
bool upload_is_held(struct upload *upload, int64_t size, int64_t held_size, const char *tag);
/* Brings the bucket to hold what was staged, and learns the versions: one listing, and where
 * something differs, one parallel upload and one more listing. `listing`, where it is not NULL,
 * gets the first one. */
bool upload_all(struct aws *aws, const char *bucket, const char *staging, struct upload *uploads,
                size_t n, json_t **listing);
/* Sets the version of each upload that a listing of the bucket shows to be there already. */
void upload_find(struct aws *aws, const json_t *listing, struct upload *uploads, size_t n);

#endif
