#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/schedule.h"

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

/* "rate(1 minute)", but "rate(2 minutes)". */
static const char *rate_problem(struct arena *arena, const char *text)
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
        if (one != (unit[len] == 's'))
            return NULL;
        return arena_printf(arena, "this must be written rate(%.*s %s%s)", (int)(digits - zeros),
                            number, units[i], one ? "" : "s");
    }
    return "rate(...) has a whole number, 1 or more, and minutes, hours or days, as in rate(5 "
           "minutes)";
}

const char *schedule_problem(struct arena *arena, const char *expression)
{
    size_t len = strlen(expression), start = strlen("cron(");
    if (len > EXPRESSION_MAX)
        return arena_printf(arena, "a schedule has at most %d characters", EXPRESSION_MAX);
    if (len > start && expression[len - 1] == ')') {
        char *text = arena_strndup(arena, expression + start, len - start - 1);
        if (str_starts(expression, "cron("))
            return cron_problem(arena, text);
        if (str_starts(expression, "rate("))
            return rate_problem(arena, text);
    }
    return "a schedule is rate(...) or cron(...), as in rate(5 minutes) or cron(0 8 * * ? *)";
}
