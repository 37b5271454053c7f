#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/run.h"
#include "base/status_line.h"
#include "base/util.h"
#include "deploy/ask.h"

static const double look = 0.05; /* seconds */

bool ask_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Reads a typed line; false at the end of the input and after a signal. */
static bool read_answer(char *answer, int size)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 0) == 0)
        if (!run_sleep(look))
            break;
    if (!interrupt_signal() && fgets(answer, size, stdin)) {
        answer[strcspn(answer, "\r\n")] = '\0';
        return true;
    }
    fputc('\n', stderr);
    return false;
}

bool ask(const char *question)
{
    static const char *const yes[] = {"y", "yes"}, *const no[] = {"n", "no", ""};
    char answer[64];
    status_line_phase(NULL);
    tcflush(STDIN_FILENO, TCIFLUSH); /* drops what was typed before the question */
    for (;;) {
        fprintf(stderr, "%s [y/N] ", question);
        fflush(stderr);
        if (!read_answer(answer, sizeof answer))
            return false;
        for (size_t i = 0; i < countof(yes); i++)
            if (strcasecmp(answer, yes[i]) == 0)
                return true;
        for (size_t i = 0; i < countof(no); i++)
            if (strcasecmp(answer, no[i]) == 0)
                return false;
    }
}
