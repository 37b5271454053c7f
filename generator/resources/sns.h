/* sns.h - the kind `sns`: subscriptions of lambdas to topics (SNS API Reference, "Subscribe"). */
#ifndef RESOURCES_SNS_H
#define RESOURCES_SNS_H

extern const struct kind sns_kind;

#endif
