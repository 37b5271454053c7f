#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "callers/schedule.h"

enum { EXPRESSION_MAX = 256, NAME_LENGTH = 3, RATE_DIGITS = 9 };
enum { DAY_OF_MONTH = 2, DAY_OF_WEEK = 4, YEAR = 5 };

/* All fields take , - * and /; those of days take more. */
static const struct cron_field {
    const char *name;
    int min, max;
    const char *names; /* of the values from min on, three letters each */
    const char *values;
} cron_fields[] = {
    {"minutes", 0, 59, "", "0 to 59"},
    {"hours", 0, 23, "", "0 to 23"},
    [DAY_OF_MONTH] = {"day-of-month", 1, 31, "", "1 to 31, L, LW or 15W"},
    {"month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", "1 to 12 or JAN to DEC"},
    [DAY_OF_WEEK] = {"day-of-week", 1, 7, "SUNMONTUEWEDTHUFRISAT",
                     "1 (Sunday) to 7, SUN to SAT, L, 6L or 6#3"},
    [YEAR] = {"year", 1970, 2199, "", "1970 to 2199"},
};

/* Reads a number from min to max and moves *text after it; -1 if there is none. */
static int take_number(const char **text, int min, int max)
{
    size_t digits = strspn(*text, STR_DIGITS);
    if (!digits || digits > 4)
        return -1;
    int number = (int)strtol(*text, NULL, 10);
    *text += digits;
    return number >= min && number <= max ? number : -1;
}

/* As take_number, for a value of a field, which may be a name. */
static int take_value(const struct cron_field *field, const char **text)
{
    for (size_t i = 0; field->names[i]; i += NAME_LENGTH)
        if (strncasecmp(*text, field->names + i, NAME_LENGTH) == 0) {
            *text += NAME_LENGTH;
            return field->min + (int)(i / NAME_LENGTH);
        }
    return take_number(text, field->min, field->max);
}

/* Whether the item is L, LW or L-n: days counted from the end of a month. */
static bool is_last_day(const char *item)
{
    if (strcmp(item, "L") == 0 || strcmp(item, "LW") == 0)
        return true;
    const char *days = item + 2;
    return str_starts(item, "L-") && take_number(&days, 1, 30) > 0 && !*days;
}

/* Whether `rest` may follow a single day: 15W is the weekday nearest to the 15th, 6L the last
 * Friday, 6#3 the third. */
static bool is_day_suffix(const struct cron_field *field, const char *rest)
{
    if (field == &cron_fields[DAY_OF_MONTH])
        return strcmp(rest, "W") == 0;
    return field == &cron_fields[DAY_OF_WEEK] &&
           (strcmp(rest, "L") == 0 ||
            (rest[0] == '#' && rest[1] >= '1' && rest[1] <= '5' && !rest[2]));
}

/* Whether the item is "*", "a" or "a-b", with or without "/n" after it. A range may wrap around
 * (FRI-MON), but not of years. */
static bool is_item(const struct cron_field *field, const char *item)
{
    if (field == &cron_fields[DAY_OF_MONTH] && is_last_day(item))
        return true;
    if (field == &cron_fields[DAY_OF_WEEK] && strcmp(item, "L") == 0)
        return true;
    if (*item == '*') {
        item++;
    } else {
        int from = take_value(field, &item), to = from;
        if (from < 0)
            return false;
        if (is_day_suffix(field, item))
            return true;
        if (*item == '-') {
            item++;
            to = take_value(field, &item);
        }
        if (to < 0 || (field == &cron_fields[YEAR] && to < from))
            return false;
    }
    if (*item == '/') {
        item++;
        if (take_number(&item, 1, field->max) < 0)
            return false;
    }
    return !*item;
}

static const char *field_problem(struct arena *arena, const struct cron_field *field, char *text)
{
    if (strchr(text, '#') && strchr(text, ','))
        return arena_printf(arena, "a day-of-week with '#' stands alone, not as in '%s'", text);
    for (char *rest = text, *item; rest;) {
        item = rest;
        rest = strchr(item, ',');
        if (rest)
            *rest++ = '\0';
        if (!is_item(field, item))
            return arena_printf(arena, "'%s' is no value of the field %s (%s)", item, field->name,
                                field->values);
    }
    return NULL;
}

static const char *cron_problem(struct arena *arena, char *text)
{
    char *fields[countof(cron_fields)];
    size_t n = 0;
    if (strstr(text, "  ") || strchr(text, '\t') || *text == ' ' || str_ends(text, " "))
        return "AWS takes one blank between the fields of cron(...), none at the ends, and no tab";
    for (char *field = strtok_r(text, " \t", &text); field; field = strtok_r(NULL, " \t", &text)) {
        if (n < countof(fields))
            fields[n] = field;
        n++;
    }
    if (n != countof(fields))
        return arena_printf(arena,
                            "cron(...) has six fields, not %zu: minutes hours day-of-month month "
                            "day-of-week year",
                            n);
    bool no_day = strcmp(fields[DAY_OF_MONTH], "?") == 0;
    bool no_weekday = strcmp(fields[DAY_OF_WEEK], "?") == 0;
    if (no_day == no_weekday)
        return "one of day-of-month and day-of-week must be '?', and the other not, as in "
               "cron(0 8 * * ? *)";
    const char *problem = NULL;
    for (size_t i = 0; i < n && !problem; i++)
        if (i != (no_day ? DAY_OF_MONTH : DAY_OF_WEEK))
            problem = field_problem(arena, &cron_fields[i], fields[i]);
    return problem;
}

/* "rate(1 minute)", but "rate(2 minutes)". The scheduler takes both forms with each number. */
static const char *rate_problem(struct arena *arena, const char *text, bool scheduler)
{
    static const char *const units[] = {"minute", "hour", "day"};
    size_t digits = strspn(text, STR_DIGITS), zeros = strspn(text, "0");
    const char *number = text + zeros, *unit = text + digits + (text[digits] == ' ');
    bool one = digits - zeros == 1 && *number == '1';
    if (digits - zeros > RATE_DIGITS)
        return "AWS takes no rate of so many digits";
    for (size_t i = 0; i < countof(units) && zeros < digits && unit > text + digits; i++) {
        size_t len = strlen(units[i]);
        if (strncmp(unit, units[i], len) != 0 || (unit[len] && strcmp(unit + len, "s") != 0))
            continue;
        if (scheduler || one != (unit[len] == 's'))
            return NULL;
        return arena_printf(arena, "this must be written rate(%.*s %s%s)", (int)(digits - zeros),
                            number, units[i], one ? "" : "s");
    }
    return "rate(...) has a whole number, 1 or more, and minutes, hours or days, as in rate(5 "
           "minutes)";
}

/* Reads `digits` digits and the character behind them, and moves *text after these; -1 if there is
 * something else, or a number that is not from min to max. */
static int take_part(const char **text, size_t digits, int min, int max, char end)
{
    if (strspn(*text, STR_DIGITS) != digits || (*text)[digits] != end)
        return -1;
    int number = take_number(text, min, max);
    *text += number >= 0 && end;
    return number;
}

/* Whether *text begins with a date that there is, which `end` follows. Moves it after these. */
static bool take_date(const char **text, char end)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = take_part(text, 4, 1970, 2199, '-');
    int month = year < 0 ? -1 : take_part(text, 2, 1, 12, '-');
    int day = month < 0 ? -1 : take_part(text, 2, 1, days[month - 1], end);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day > 0 && (month != 2 || day < 29 || leap);
}

/* The same for hours and minutes, and seconds if there are any. */
static bool take_time(const char **text, bool *seconds)
{
    *seconds = false;
    if (take_part(text, 2, 0, 23, ':') < 0 || strspn(*text, STR_DIGITS) != 2 ||
        take_number(text, 0, 59) < 0)
        return false;
    *seconds = **text == ':';
    if (!*seconds)
        return true;
    ++*text;
    return strspn(*text, STR_DIGITS) == 2 && take_number(text, 0, 59) >= 0;
}

/* A date and a time without a time zone. */
static const char *at_problem(const char *text)
{
    bool seconds = false;
    return take_date(&text, 'T') && take_time(&text, &seconds) && seconds && !*text
               ? NULL
               : "at(...) has a valid date and a time, as in at(2030-12-31T08:30:00); their time "
                 "zone is "
                 "in "
                 "'timezone'";
}

const char *schedule_moment(struct arena *arena, const char *text)
{
    const char *rest = text, *zone;
    bool seconds;
    if (take_date(&rest, '\0'))
        return arena_printf(arena, "%sT00:00:00Z", text);
    rest = text;
    if (!take_date(&rest, 'T') || !take_time(&rest, &seconds))
        return NULL;
    zone = rest;
    if (*rest == '+' || *rest == '-') {
        rest++;
        if (take_part(&rest, 2, 0, 14, ':') < 0 || take_part(&rest, 2, 0, 59, '\0') < 0)
            return NULL;
    } else if (*rest && strcmp(rest, "Z") != 0) {
        return NULL;
    }
    return arena_printf(arena, "%.*s%s%s", (int)(zone - text), text, seconds ? "" : ":00",
                        *zone ? zone : "Z");
}

/* Returns what is wrong in the brackets of `expression`; NULL as well if it has no such form, and
 * then *known is false. */
static const char *problem_of(struct arena *arena, const char *expression, bool scheduler,
                              bool *known)
{
    size_t len = strlen(expression), start = strcspn(expression, "(") + 1;
    *known = start < len && expression[len - 1] == ')';
    if (!*known)
        return NULL;
    char *text = arena_strndup(arena, expression + start, len - start - 1);
    if (str_starts(expression, "cron("))
        return cron_problem(arena, text);
    if (str_starts(expression, "rate("))
        return rate_problem(arena, text, scheduler);
    *known = scheduler && str_starts(expression, "at(");
    return *known ? at_problem(text) : NULL;
}

static const char *checked(struct arena *arena, const char *expression, bool scheduler,
                           const char *forms)
{
    bool known;
    if (strlen(expression) > EXPRESSION_MAX)
        return arena_printf(arena, "a schedule has at most %d characters", EXPRESSION_MAX);
    const char *problem = problem_of(arena, expression, scheduler, &known);
    return known ? problem : forms;
}

const char *schedule_problem(struct arena *arena, const char *expression)
{
    return checked(arena, expression, false,
                   "a schedule is rate(...) or cron(...), as in rate(5 minutes) or cron(0 8 * * ? "
                   "*)");
}

const char *schedule_problem_of_scheduler(struct arena *arena, const char *expression)
{
    return checked(
        arena, expression, true,
        "a schedule is rate(...), cron(...) or at(...), as in rate(5 minutes), cron(0 8 * "
        "* ? *) or at(2030-12-31T08:30:00)");
}

bool schedule_is_once(const char *expression)
{
    return str_starts(expression, "at(");
}
