/* schedule.h - when EventBridge runs a rule, and its scheduler a schedule: rate(...), cron(...) and
 * at(...). */
#ifndef CALLERS_SCHEDULE_H
#define CALLERS_SCHEDULE_H
#include <stdbool.h>

struct arena;

/* Returns NULL if AWS takes `expression`, else what is wrong with it and how to write it. The rules
 * are those of the EventBridge User Guide, "Cron expressions reference" and "Rate expressions
 * reference". */
const char *schedule_problem(struct arena *arena, const char *expression);

/* The same for schedules of the scheduler (its User Guide, "Schedule types"), which are also
 * at(...). */
const char *schedule_problem_of_scheduler(struct arena *arena, const char *expression);
/* Whether such a schedule is for one time. */
bool schedule_is_once(const char *expression);
/* Returns a date, or a date and a time with or without seconds and a time zone, as CloudFormation
 * takes it: 2030-12-31T08:30:00Z. Without a time zone it is UTC. NULL if it is no such date. */
const char *schedule_moment(struct arena *arena, const char *text);

#endif
