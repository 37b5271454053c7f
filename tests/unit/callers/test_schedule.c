#include <string.h>

#include "base/util.h"
#include "callers/schedule.h"
#include "check.h"

static struct arena *arena;

static bool good(const char *expression)
{
    const char *problem = schedule_problem(arena, expression);
    if (problem)
        fprintf(stderr, "%s: %s\n", expression, problem);
    return !problem;
}

static bool bad(const char *expression, const char *part)
{
    const char *problem = schedule_problem(arena, expression);
    if (!problem || !strstr(problem, part))
        fprintf(stderr, "%s: %s\n", expression, problem ? problem : "good");
    return problem && strstr(problem, part);
}

/* The expressions in the EventBridge User Guide, and others that it allows. */
static void test_good_crons(void)
{
    static const char *const expressions[] = {
        "cron(0 10 * * ? *)",
        "cron(15 12 * * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0 8 1 * ? *)",
        "cron(0/15 * * * ? *)",
        "cron(0/10 * ? * MON-FRI *)",
        "cron(0/5 8-17 ? * MON-FRI *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0/30 20-2 ? * MON-FRI *)",
        "cron(* * * * ? *)",
        "cron(*/5 * * * ? *)",
        "cron(59 23 31 12 ? 2199)",
        "cron(0 0 L * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 L-3 * ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 ? * L *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * FRIL *)",
        "cron(0 0 ? * TUE#5 *)",
        "cron(0 0 ? * SAT-THU *)",
        "cron(0 0 ? * sun,tue *)",
        "cron(0 0 1,15-20/2 JAN,mar-5 ? 1970-2000/10)",
        "cron(01 06 ? * 2-6 *)",
        "cron(0 0 1/2 */3 ? 2030,2031)",
    };
    for (size_t i = 0; i < countof(expressions); i++)
        CHECK(good(expressions[i]));
}

static void test_bad_crons(void)
{
    CHECK(bad("cron(0 10 * * *)", "six fields, not 5"));
    CHECK(bad("cron()", "six fields, not 0"));
    CHECK(bad("cron(8 1 * * ? * )", "one blank between the fields"));
    CHECK(bad("cron( 8 1 * * ? *)", "one blank between the fields"));
    CHECK(bad("cron(8 1  * * ? *)", "one blank between the fields"));
    CHECK(bad("cron( )", "one blank between the fields"));
    CHECK(bad("cron(0 10 * * ? * *)", "six fields, not 7"));
    CHECK(bad("cron(0 10 * * * *)", "must be '?'"));
    CHECK(bad("cron(0 10 ? * ? *)", "must be '?'"));
    CHECK(bad("cron(0 10 1 * MON *)", "must be '?'"));
    CHECK(bad("cron(60 10 * * ? *)", "'60' is no value of the field minutes (0 to 59)"));
    CHECK(bad("cron(0,60 10 * * ? *)", "'60'"));
    CHECK(bad("cron(0 10-24 * * ? *)", "'10-24'"));
    CHECK(bad("cron(0 10 32 * ? *)", "day-of-month"));
    CHECK(bad("cron(0 10 L-31 * ? *)", "'L-31'"));
    CHECK(bad("cron(0 10 3#1 * ? *)", "'3#1'"));
    CHECK(bad("cron(0 10 W * ? *)", "'W'"));
    CHECK(bad("cron(0 10 * 0 ? *)", "month"));
    CHECK(bad("cron(0 10 * JANU ? *)", "'JANU'"));
    CHECK(bad("cron(0 10 * MON ? *)", "'MON'"));
    CHECK(bad("cron(0 10 ? * 8 *)", "day-of-week"));
    CHECK(bad("cron(0 10 ? * 3W *)", "'3W'"));
    CHECK(bad("cron(0 10 ? * 3#0 *)", "'3#0'"));
    CHECK(bad("cron(0 10 ? * 3#1,6 *)", "stands alone"));
    CHECK(bad("cron(0 10 * * ? 2200)", "year"));
    CHECK(bad("cron(0 10 * * ? 2031-2030)", "year"));
    CHECK(bad("cron(0 10 * * ? 99999999999999999999)", "year"));
    CHECK(bad("cron(0/ 10 * * ? *)", "'0/'"));
    CHECK(bad("cron(0- 10 * * ? *)", "'0-'"));
    CHECK(bad("cron(0/0 10 * * ? *)", "'0/0'"));
    CHECK(bad("cron(*/60 10 * * ? *)", "'*/60'"));
    CHECK(bad("cron(** 10 * * ? *)", "'**'"));
    CHECK(bad("cron(, 10 * * ? *)", "''"));
    CHECK(bad("cron(0 L * * ? *)", "hours"));
}

static void test_rates(void)
{
    CHECK(good("rate(1 minute)"));
    CHECK(good("rate(2 minutes)"));
    CHECK(good("rate(1 hour)"));
    CHECK(good("rate(24 hours)"));
    CHECK(good("rate(1 day)"));
    CHECK(good("rate(365 days)"));
    CHECK(bad("rate(1 minutes)", "rate(1 minute)"));
    CHECK(bad("rate(01 days)", "rate(1 day)"));
    CHECK(bad("rate(10 hour)", "rate(10 hours)"));
    CHECK(bad("rate(0 minutes)", "1 or more"));
    CHECK(bad("rate(-5 minutes)", "1 or more"));
    CHECK(bad("rate(5)", "1 or more"));
    CHECK(bad("rate(minutes)", "1 or more"));
    CHECK(bad("rate(5minutes)", "1 or more"));
    CHECK(bad("rate(5 seconds)", "1 or more"));
    CHECK(bad("rate(5 minutess)", "1 or more"));
    CHECK(bad("rate(5 minutes )", "1 or more"));
    CHECK(bad("rate()", "1 or more"));
}

static void test_others(void)
{
    CHECK(bad("", "rate(...) or cron(...)"));
    CHECK(bad("0 10 * * ? *", "rate(...) or cron(...)"));
    CHECK(bad("cron", "rate(...) or cron(...)"));
    CHECK(bad("cron(", "rate(...) or cron(...)"));
    CHECK(bad("cron(0 10 * * ? *", "rate(...) or cron(...)"));
    CHECK(bad("CRON(0 10 * * ? *)", "rate(...) or cron(...)"));
    CHECK(bad("at(2030-01-01T00:00:00)", "rate(...) or cron(...)"));
}

static bool scheduler_takes(const char *expression)
{
    return !schedule_problem_of_scheduler(arena, expression);
}

/* Of the scheduler's User Guide, "Schedule types", and others that it allows or refuses. */
static void test_scheduler(void)
{
    static const char *const good_ones[] = {
        "rate(5 minutes)",         "rate(1 hours)",           "rate(2 day)",
        "cron(15 10 ? * 6L 2030)", "at(2030-11-20T13:00:00)", "at(2028-02-29T23:59:59)",
        "at(2000-02-29T00:00:00)",
    };
    static const char *const bad_ones[] = {
        "",
        "at()",
        "at(2030-11-20)",
        "at(2030-11-20T13:00)",
        "at(2030-11-20T13:00:00Z)",
        "at(2030-11-20 13:00:00)",
        "at(2030-11-20T24:00:00)",
        "at(2030-11-20T13:60:00)",
        "at(2030-11-20T13:00:60)",
        "at(2030-11-31T13:00:00)",
        "at(2030-13-01T13:00:00)",
        "at(2030-00-01T13:00:00)",
        "at(2030-01-00T13:00:00)",
        "at(2030-02-29T13:00:00)",
        "at(2100-02-29T13:00:00)",
        "at(30-11-20T13:00:00)",
        "at(2030-1-20T13:00:00)",
        "at(2030-11-20T13:00:00",
        "At(2030-11-20T13:00:00)",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "cron(0 8 * * *)",
        "every(5 minutes)",
    };
    for (size_t i = 0; i < countof(good_ones); i++)
        CHECK(scheduler_takes(good_ones[i]));
    for (size_t i = 0; i < countof(bad_ones); i++)
        CHECK(!scheduler_takes(bad_ones[i]));
    CHECK(bad("at(2030-11-20T13:00:00)", "rate(...) or cron(...)"));
    CHECK(bad("rate(1 hours)", "rate(1 hour)"));
    CHECK(schedule_is_once("at(2030-11-20T13:00:00)"));
    CHECK(!schedule_is_once("rate(1 day)"));
}

static bool moment_is(const char *text, const char *expected)
{
    const char *moment = schedule_moment(arena, text);
    if (!moment || !expected)
        return !moment && !expected;
    return strcmp(moment, expected) == 0;
}

static void test_moments(void)
{
    CHECK(moment_is("2030-12-31", "2030-12-31T00:00:00Z"));
    CHECK(moment_is("2030-12-31T08:30", "2030-12-31T08:30:00Z"));
    CHECK(moment_is("2030-12-31T08:30:59", "2030-12-31T08:30:59Z"));
    CHECK(moment_is("2030-12-31T08:30:59Z", "2030-12-31T08:30:59Z"));
    CHECK(moment_is("2030-12-31T08:30Z", "2030-12-31T08:30:00Z"));
    CHECK(moment_is("2030-12-31T08:30:59+02:00", "2030-12-31T08:30:59+02:00"));
    CHECK(moment_is("2030-12-31T08:30-05:30", "2030-12-31T08:30:00-05:30"));
    CHECK(moment_is("2030-12-32", NULL));
    CHECK(moment_is("2030-12-31Z", NULL));
    CHECK(moment_is("2030-12-31 08:30", NULL));
    CHECK(moment_is("2030-12-31T08", NULL));
    CHECK(moment_is("2030-12-31T08:30:59z", NULL));
    CHECK(moment_is("2030-12-31T08:30:59+2:00", NULL));
    CHECK(moment_is("2030-12-31T08:30:59+02:00Z", NULL));
    CHECK(moment_is("2030-12-31T08:30:", NULL));
    CHECK(moment_is("soon", NULL));
    CHECK(moment_is("", NULL));
}

int main(void)
{
    arena = arena_new();
    test_good_crons();
    test_bad_crons();
    test_rates();
    test_others();
    test_scheduler();
    test_moments();
    arena_free(arena);
    return check_result();
}
