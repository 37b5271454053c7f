/* moment.h - times in milliseconds since 1970, as CloudWatch has them; as text they are in UTC. */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H
#include <stdbool.h>

enum { MOMENT_TEXT = 40 };

long long moment_now(void);
/* Seconds on a monotonic clock, for measuring time. */
double moment_steady(void);
/* Writes "2026-11-23T10:00:00.123Z" and returns `text`. */
const char *moment_write(char text[MOMENT_TEXT], long long moment);
/* Reads an age, counted back from `now`: 30s, 10m, 2h, 3d, 1w; or a date: 2026-11-23,
 * 2026-11-23T10:00 or what moment_write writes, the last two with or without the Z. Times before
 * 1970 become 1970. Returns false if `text` is neither. */
bool moment_read(const char *text, long long now, long long *moment);

#endif
