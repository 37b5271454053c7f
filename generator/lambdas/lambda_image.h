/* lambda_image.h - a lambda that is an image of a container, which another tool builds: `image` in
 * place of `code`. It has no zip, no handler and no runtime. */
#ifndef LAMBDAS_LAMBDA_IMAGE_H
#define LAMBDAS_LAMBDA_IMAGE_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

struct arena;

extern const struct lambda_subject lambda_image;

/* Whether the settings of a lambda name an image. */
bool lambda_is_image(const struct node *settings);
/* Reports settings that are for zips only; false if there are any. */
bool lambda_image_fits(const struct node *settings);
/* Returns what counts of the defaults for a lambda with these settings of its own: those for zips
 * only without an `image`, and `image` only without a `code`. */
const struct node *lambda_image_defaults(struct arena *arena, const struct node *defaults,
                                         const struct node *own);

#endif
