/* drift.h - compares the deployed code with that of the build, by content and context. */
#ifndef DEPLOY_DRIFT_H
#define DEPLOY_DRIFT_H
#include <jansson.h>
#include <stdbool.h>

#include "build/built.h"     /* for struct built */
#include "deploy/transfer.h" /* for struct transfer */

struct deployed;
struct deployment;
struct lambda;
struct model;

enum drift_code {
    DRIFT_SAME,
    DRIFT_DIFFERS,
    DRIFT_NOT_BUILT,
    DRIFT_IMAGE,   /* there is no zip */
    DRIFT_UNKNOWN, /* the context's values or the deployed object are unknown */
};

struct drift {
    struct deployment *deployment;
    const struct model *model;
    const struct deployed *deployed;
    struct built built;
    bool is_built;
    json_t *values; /* of the parameters that contexts refer to */
    struct transfer transfer;
};

/* Reads the build and the values; what is missing is only a warning. Call drift_release in any
 * case. */
void drift_begin(struct drift *drift, struct deployment *deployment, const struct model *model,
                 const struct deployed *deployed);
/* Compares the zips that the function and its layers were deployed from with those that apply would
 * make now. */
enum drift_code drift_of(struct drift *drift, const struct lambda *lambda);
void drift_release(struct drift *drift);

#endif
