/* moment.h - times as CloudWatch has them: milliseconds since 1970, and UTC when they are written.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H
#include <stdbool.h>

enum { MOMENT_TEXT = 40 };

long long moment_now(void);
/* Seconds of a clock that never goes back, for differences. */
double moment_steady(void);
/* "2026-11-23T10:00:00.123Z"; gives `text`. */
const char *moment_write(char text[MOMENT_TEXT], long long moment);
/* How long before `now`: 30s, 10m, 2h, 3d, 1w; or when: 2026-11-23, 2026-11-23T10:00 or what
 * moment_write gives, with or without the Z. Nothing is before 1970. False when it is neither. */
bool moment_read(const char *text, long long now, long long *moment);

#endif
