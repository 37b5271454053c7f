/* schedule.h - when EventBridge runs a rule: rate(...) and cron(...). */
#ifndef RESOURCES_SCHEDULE_H
#define RESOURCES_SCHEDULE_H

struct arena;

/* Returns NULL if AWS takes `expression`, else what is wrong with it and how to write it. The rules
 * are those of the EventBridge User Guide, "Cron expressions reference" and "Rate expressions
 * reference". */
const char *schedule_problem(struct arena *arena, const char *expression);

#endif
