/* scheduler.h - the kind `schedules`: when EventBridge Scheduler calls lambdas (its API Reference,
 * "CreateSchedule"). */
#ifndef RESOURCES_SCHEDULER_H
#define RESOURCES_SCHEDULER_H

extern const struct kind schedules_kind;

#endif
