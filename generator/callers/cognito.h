/* cognito.h - the kind `cognito`: lambdas that a user pool of a fragment calls (Amazon Cognito
 * Developer Guide, "Customizing user pool workflows with Lambda triggers").
 *
 * A pool has its triggers in its own property LambdaConfig, so they are merged into it. */
#ifndef CALLERS_COGNITO_H
#define CALLERS_COGNITO_H

extern const struct kind cognito_kind;

#endif
