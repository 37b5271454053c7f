/* Schedules. Those that are accepted have a shape that a second, simpler reading accepts too. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "callers/schedule.h"
#include "fuzz.h"

/* "rate(1 day)", "rate(5 minutes)" */
static bool is_rate(const char *text)
{
    static const char *const units[] = {"minute", "hour", "day"};
    char unit[16] = "";
    long number = 0;
    int end = 0;
    if (sscanf(text, "rate(%ld %15[a-z])%n", &number, unit, &end) != 2 || !end || text[end])
        return false;
    for (size_t i = 0; i < countof(units); i++)
        if (str_starts(unit, units[i]))
            return number > 0 && strcmp(unit + strlen(units[i]), number == 1 ? "" : "s") == 0;
    return false;
}

/* Six fields of known characters, perhaps with a blank around them; exactly one of the days is '?'.
 */
static bool is_cron(const char *text)
{
    char fields[6][256] = {""};
    int end = 0, n = 0;
    size_t questions = 0;
    if (strlen(text) > 255)
        return true;
    n = sscanf(text, "cron( %255[^ )] %255[^ )] %255[^ )] %255[^ )] %255[^ )] %255[^ )] )%n",
               fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], &end);
    for (size_t i = 0; i < countof(fields); i++) {
        if (!str_is_made_of(fields[i], STR_ALNUM "*,-/?#"))
            return false;
        questions += strcmp(fields[i], "?") == 0;
    }
    return n == 6 && end && !text[end] && questions == 1;
}

void fuzz_target(const char *data, size_t len)
{
    const char *text = arena_strndup(fuzz_arena, data, len);
    const char *problem = schedule_problem(fuzz_arena, text);
    fuzz_expect(!problem || *problem, "a refusal has words");
    fuzz_expect(problem || is_rate(text) || is_cron(text), "what is accepted is a schedule");
}
