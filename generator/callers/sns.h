/* sns.h - the kind `sns`: subscriptions of lambdas to topics (SNS API Reference, "Subscribe"). */
#ifndef CALLERS_SNS_H
#define CALLERS_SNS_H

extern const struct kind sns_kind;

#endif
