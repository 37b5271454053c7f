#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/moment.h"
#include "base/run.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/term.h"
#include "base/utf8.h"
#include "base/util.h"

enum { WIDTH = 80, MARGIN = 7 };

static const double redraw = 0.2; /* seconds */

static const char *(*current)(struct arena *arena, void *data); /* or NULL */
static void *current_data;
static const char *phase; /* shown while `current` is NULL; or NULL */
static double current_begun, phase_begun;
static bool quiet, shown; /* shown: the line is on the terminal */

void status_line_quiet(bool be_quiet)
{
    quiet = be_quiet;
}

bool status_line_is_quiet(void)
{
    return quiet;
}

static bool is_live(void)
{
    const char *term = getenv("TERM");
    return !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : WIDTH;
}

void status_line_clear(void)
{
    if (!shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    shown = false;
}

void status_line_note(const char *text)
{
    if (quiet)
        return;
    status_line_clear();
    say(stderr, "    %s", text);
}

/* "0:07", "12:30" */
static const char *elapsed(struct arena *arena, double seconds)
{
    long whole = (long)seconds;
    return arena_printf(arena, "%ld:%02ld", whole / 60, whole % 60);
}

/* Cuts the text at the terminal's width, because \r cannot remove a wrapped line. */
static void draw(struct arena *arena, const char *text, double begun)
{
    const char *line = arena_printf(arena, "%s  %s", elapsed(arena, moment_steady() - begun), text);
    const char *shown_text = say_word(line), *end = shown_text;
    for (int room = columns() - MARGIN; room > 0 && *end; room--)
        end += utf8_length(end);
    fprintf(stderr, "\r\033[K      %s%.*s%s", term_color(stderr, TERM_CYAN),
            (int)(end - shown_text), shown_text, term_color(stderr, TERM_RESET));
    fflush(stderr);
    shown = true;
}

static void tick(void)
{
    static double last;
    if (!is_live() || moment_steady() - last < redraw)
        return;
    last = moment_steady();
    struct arena *arena = arena_new();
    if (current)
        draw(arena, current(arena, current_data), current_begun);
    else if (phase)
        draw(arena, phase, phase_begun);
    arena_free(arena);
}

void status_line_begin(const char *(*text)(struct arena *arena, void *data), void *data)
{
    current = text;
    current_data = data;
    current_begun = moment_steady();
    run_while_waiting(tick);
}

void status_line_end(void)
{
    current = NULL;
    status_line_phase(NULL);
}

void status_line_phase(const char *text)
{
    status_line_clear();
    phase = text;
    phase_begun = moment_steady();
    run_while_waiting(text ? tick : NULL);
}
