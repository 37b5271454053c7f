#include "mappings/mapping_start.h"
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/moment.h"
#include "base/util.h"
#include "mappings/mapping_source.h"
#include "resources/model.h"
#include "settings/node.h"
#include "template/cfn.h"

enum { MILLISECONDS = 1000, DIGITS_MAX = 11, HOURS_MAX = 14, MINUTES_MAX = 59 };

static const char at_timestamp[] = "AT_TIMESTAMP";

static bool is_at_timestamp(const struct node *position)
{
    return node_text(position) && strcmp(position->text, at_timestamp) == 0;
}

bool mapping_start_check(const struct model *model, const struct mapping *mapping,
                         const struct node *node)
{
    bool timed = mapping->source->bit != MAPPING_DYNAMODB;
    bool at = timed && is_at_timestamp(node);
    (void)model;
    if (at && !node_set(node_get(mapping->settings, "starting_position_timestamp")))
        return diag_error(EXIT_REQUIRED, node->pos,
                          "AT_TIMESTAMP needs the time, as in starting_position_timestamp: "
                          "2026-11-30T09:00:00Z");
    return at || node_dynamic(node) || strcmp(node->text, "LATEST") == 0 ||
           strcmp(node->text, "TRIM_HORIZON") == 0 ||
           diag_error(EXIT_STARTING_POSITION, node->pos, "starting_position must be %s, not '%s'",
                      timed ? "LATEST, TRIM_HORIZON or AT_TIMESTAMP" : "LATEST or TRIM_HORIZON",
                      node->text);
}

json_t *mapping_start_position(const struct model *model, const struct node *node)
{
    (void)model;
    return cfn_value(node);
}

/* Reads one or two digits; -1 if there are none. Sets *end to what follows. */
static long read_digits(const char *text, const char **end)
{
    char digits[3] = "";
    size_t n = strspn(text, STR_DIGITS);
    *end = text + n;
    if (!n || n >= sizeof digits)
        return -1;
    memcpy(digits, text, n);
    return strtol(digits, NULL, 10);
}

/* Reads the offset from UTC behind a time of day, as "+02:00" or " +2", and ends the text before
 * it; false if that is none. */
static bool read_offset(char *text, long long *seconds)
{
    char *time = strchr(text, ':'), *sign = time ? strpbrk(time, "+-") : NULL;
    const char *end;
    *seconds = 0;
    if (!sign)
        return true;
    long hours = read_digits(sign + 1, &end),
         minutes = *end == ':' ? read_digits(end + 1, &end) : 0;
    if (*end || hours < 0 || hours > HOURS_MAX || minutes < 0 || minutes > MINUTES_MAX)
        return false;
    *seconds = (hours * 60LL + minutes) * 60 * (*sign == '-' ? -1 : 1);
    for (; sign > time && sign[-1] == ' '; sign--) {
    }
    *sign = '\0';
    return true;
}

/* Reads a date, perhaps with a time of day behind T, t or blanks. */
static bool read_date(struct arena *arena, const char *text, long long *seconds)
{
    char *copy = arena_strdup(arena, text);
    size_t date = strspn(copy, STR_DIGITS "-"), blanks = strspn(copy + date, " ");
    long long moment, offset;
    if (!strchr(copy, '-') || strspn(copy, STR_DIGITS) != 4 || !read_offset(copy, &offset))
        return false;
    if (blanks && copy[date + blanks]) {
        memmove(copy + date + 1, copy + date + blanks, strlen(copy + date + blanks) + 1);
        copy[date] = 'T';
    } else if (copy[date] == 't') {
        copy[date] = 'T';
    }
    if (!moment_read(copy, 0, &moment))
        return false;
    *seconds = moment / MILLISECONDS - offset;
    return true;
}

static bool read_time(struct arena *arena, const struct node *node, long long *seconds)
{
    const char *text = node_text(node);
    if (!text || node->kind == NODE_BOOL || node->kind == NODE_REAL)
        return false;
    if (node->kind == NODE_INT) {
        *seconds = node->integer;
        return *seconds >= 0;
    }
    if (!str_is_made_of(text, STR_DIGITS))
        return read_date(arena, text, seconds);
    *seconds = strtoll(text, NULL, 10);
    return strlen(text) <= DIGITS_MAX;
}

bool mapping_start_time_check(const struct model *model, const struct mapping *mapping,
                              const struct node *node)
{
    const struct node *position = node_get(mapping->settings, "starting_position");
    long long seconds;
    if (!is_at_timestamp(position) && !node_dynamic(position))
        return diag_error(EXIT_RESOURCE, node->pos,
                          "starting_position_timestamp is for the starting_position AT_TIMESTAMP");
    return node_dynamic(node) || read_time(model->arena, node, &seconds) ||
           diag_error(EXIT_VALUE, node->pos,
                      "starting_position_timestamp is a time, as 2026-11-30T09:00:00Z, or seconds "
                      "since 1970, not %s",
                      node_words(model->arena, node));
}

json_t *mapping_start_time(const struct model *model, const struct node *node)
{
    long long seconds = 0;
    if (node_dynamic(node))
        return cfn_value(node);
    read_time(model->arena, node, &seconds);
    return json_integer(seconds);
}
