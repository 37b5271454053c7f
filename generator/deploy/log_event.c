#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/term.h"
#include "base/util.h"
#include "deploy/log_event.h"
#include "template/cfn.h"

int log_event_compare(const void *a, const void *b)
{
    const struct log_event *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static void print_json(const struct log_event *event, const char *time, const char *lambda)
{
    json_t *line = json_pack("{s:s, s:O?, s:s, s:O?, s:O?}", "time", time, "message",
                             json_object_get(event->json, "message"), "lambda", lambda, "stream",
                             json_object_get(event->json, "logStreamName"), "id",
                             json_object_get(event->json, "eventId"));
    cfn_print_line(line);
}

static void print_line(const struct log_event *event, const struct log_view *view, const char *time,
                       const char *line, size_t len)
{
    static const char *const colors[] = {TERM_CYAN,   TERM_GREEN, TERM_MAGENTA,
                                         TERM_YELLOW, TERM_BLUE,  TERM_RED};
    printf("%s ", time);
    if (view->width) {
        const char *name = say_word(view->names[event->lambda]);
        int left = view->width - (int)str_characters(name);
        printf("%s%s%s%*s ", term_color(stdout, colors[event->lambda % countof(colors)]), name,
               term_color(stdout, TERM_RESET), left > 0 ? left : 0, "");
    }
    printable_write(stdout, line, len, PRINTABLE_LINES);
    putchar('\n');
}

/* Prints each line. Runtimes put "\r" between the lines of an event, because "\n" would end it. */
static void print_lines(const struct log_event *event, const struct log_view *view,
                        const char *time)
{
    const json_t *message = json_object_get(event->json, "message");
    const char *text = cfn_text(event->json, "message");
    const char *end = text + json_string_length(message); /* there may be a NUL in it */
    do {
        const char *line = text;
        while (text < end && *text != '\r' && *text != '\n')
            text++;
        print_line(event, view, time, line, (size_t)(text - line));
        text += str_starts(text, "\r\n") ? 2 : 1;
    } while (text < end);
}

void log_event_print(const struct log_event *event, const struct log_view *view)
{
    char time[MOMENT_TEXT];
    moment_write(time, event->time);
    if (view->json)
        print_json(event, time, view->names[event->lambda]);
    else
        print_lines(event, view, time);
}
