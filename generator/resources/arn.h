/* arn.h - parts of an ARN that the settings give (IAM User Guide, "Amazon Resource Names"). */
#ifndef RESOURCES_ARN_H
#define RESOURCES_ARN_H

/* Returns what follows the account in an ARN of `service` ("table/..." of dynamodb), as a part of
 * `text`; NULL if `text` is no such ARN. */
const char *arn_resource(const char *text, const char *service);

#endif
