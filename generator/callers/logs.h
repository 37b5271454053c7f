/* logs.h - the kind `logs`: lines of a log group that call a lambda (CloudWatch Logs User Guide,
 * "Real-time processing of log data with subscriptions"). */
#ifndef CALLERS_LOGS_H
#define CALLERS_LOGS_H

extern const struct kind logs_kind;

#endif
