/* scheduler.h - the kind `schedules`: when EventBridge Scheduler calls lambdas (its API Reference,
 * "CreateSchedule"). */
#ifndef CALLERS_SCHEDULER_H
#define CALLERS_SCHEDULER_H

extern const struct kind schedules_kind;

#endif
