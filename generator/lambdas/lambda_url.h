/* lambda_url.h - `url` of a lambda: an HTTPS address of its own, without an API (Lambda Developer
 * Guide, "Lambda function URLs"). */
#ifndef LAMBDAS_LAMBDA_URL_H
#define LAMBDAS_LAMBDA_URL_H
#include "lambdas/lambda_part.h" /* for struct lambda_subject */

struct arena;

extern const struct lambda_subject lambda_url;

/* Returns the name of the output that has the URL. */
const char *lambda_url_output(struct arena *arena, const struct lambda *lambda);

#endif
