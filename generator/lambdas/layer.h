/* layer.h - the layers of settings.yml: zips that lambdas share, each an AWS::Lambda::LayerVersion.
 *
 * A new version is made exactly when the zip or a property changes, because CloudFormation replaces
 * it then. Older versions stay (UpdateReplacePolicy): published versions of lambdas use them. */
#ifndef LAMBDAS_LAYER_H
#define LAMBDAS_LAYER_H
#include <stdbool.h>
#include <stddef.h>

#include "resources/model.h" /* for struct kind */

struct app;
struct bundle;
struct node;
struct runtime;

#define LAYER_KEY  "layers" /* in settings.yml */
#define LAYER_TYPE "AWS::Lambda::LayerVersion"

struct layer {
    const struct bundle *bundle; /* its zip */
    const char *id;              /* "{App}{Name}Layer" */
    const char *name;            /* in AWS, without the stage: "<project>-<app>_<name>" */
    const struct runtime **runtimes;
    size_t nruntimes;
    const char **architectures;
    size_t narchitectures;
};

extern const struct kind layer_kind;

/* Returns the layer that `node` names in settings of `app`: "app.name", or "name" for one of the
 * app itself or of the project. If there is none, reports an error and returns NULL. */
const struct layer *layer_find(const struct model *model, const struct app *app,
                               const struct node *node);

/* The identifiers of the runtimes, and the architectures, with blanks between them. */
const char *layer_runtimes(struct arena *arena, const struct layer *layer);
const char *layer_architectures(struct arena *arena, const struct layer *layer);

#endif
