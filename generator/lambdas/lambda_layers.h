/* lambda_layers.h - `layers` of a lambda: layers of the project by name, ARNs and refs. */
#ifndef LAMBDAS_LAMBDA_LAYERS_H
#define LAMBDAS_LAMBDA_LAYERS_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

struct layer;

/* Its check needs the layers of the model, so these are read before lambdas. */
extern const struct lambda_subject lambda_layers;

enum { LAMBDA_LAYERS_MAX = 5 }; /* of a function (Lambda quotas) */

/* Whether the lambda has layers. */
bool lambda_has_layers(const struct lambda *lambda);
/* Sets `layers` to those of its layers that the project makes, and returns their number. */
size_t lambda_own_layers(const struct model *model, const struct lambda *lambda,
                         const struct layer *layers[LAMBDA_LAYERS_MAX]);

#endif
