/* lambda_layers.h - `layers` of a lambda: layers of the project by name, ARNs and refs. */
#ifndef RESOURCES_LAMBDA_LAYERS_H
#define RESOURCES_LAMBDA_LAYERS_H
#include "resources/lambda_part.h" /* for struct lambda_subject */

/* Its check needs the layers of the model, so these are read before lambdas. */
extern const struct lambda_subject lambda_layers;

/* Whether the lambda has layers. */
bool lambda_has_layers(const struct lambda *lambda);

#endif
