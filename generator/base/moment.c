#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "base/util.h"

enum { SECOND = 1000, DIGITS_MAX = 9 };

long long moment_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * SECOND + now.tv_nsec / 1000000;
}

double moment_steady(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *moment_write(char text[MOMENT_TEXT], long long moment)
{
    struct tm parts = {0};
    time_t seconds = (time_t)(moment / SECOND);
    gmtime_r(&seconds, &parts);
    size_t len = strftime(text, MOMENT_TEXT, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + len, MOMENT_TEXT - len, ".%03dZ", (int)(moment % SECOND));
    return text;
}

static bool read_age(const char *text, long long *age)
{
    static const struct {
        char letter;
        long seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    size_t len = strspn(text, STR_DIGITS);
    if (!len || len > DIGITS_MAX || !text[len] || text[len + 1])
        return false;
    for (size_t i = 0; i < countof(units); i++)
        if (units[i].letter == text[len]) {
            *age = strtoll(text, NULL, 10) * units[i].seconds * SECOND;
            return true;
        }
    return false;
}

/* Reads ".5" as 500, nothing as 0. Returns what follows. */
static const char *read_fraction(const char *text, long long *milliseconds)
{
    *milliseconds = 0;
    if (*text != '.')
        return text;
    long long unit = SECOND;
    for (text++; *text >= '0' && *text <= '9'; text++)
        *milliseconds += (*text - '0') * (unit /= 10);
    return text;
}

static bool read_date(const char *text, long long *moment)
{
    static const char *const formats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"};
    for (size_t i = 0; i < countof(formats); i++) {
        struct tm parts = {0};
        long long milliseconds = 0;
        const char *end = strptime(text, formats[i], &parts);
        if (end && i == 0)
            end = read_fraction(end, &milliseconds);
        if (!end || strcmp(*end == 'Z' && i < 2 ? end + 1 : end, "") != 0)
            continue;
        int day = parts.tm_mday;
        *moment = (long long)timegm(&parts) * SECOND + milliseconds;
        return parts.tm_mday == day; /* timegm makes March 2nd of February 30th */
    }
    return false;
}

bool moment_read(const char *text, long long now, long long *moment)
{
    long long age;
    if (read_age(text, &age))
        *moment = now - age;
    else if (!read_date(text, moment))
        return false;
    if (*moment < 0)
        *moment = 0;
    return true;
}
