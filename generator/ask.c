#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "ask.h"
#include "progress.h"
#include "run.h"

static const double look = 0.05; /* seconds */

bool ask_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool ask(const char *question)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char answer[64] = "";
    progress_phase(NULL); /* what is waited for now is the answer */
    fprintf(stderr, "%s [y/N] ", question);
    fflush(stderr);
    while (poll(&input, 1, 0) == 0)
        if (!run_sleep(look))
            break;
    if (run_signal() || !fgets(answer, sizeof answer, stdin)) {
        fputc('\n', stderr);
        return false;
    }
    return answer[0] == 'y' || answer[0] == 'Y';
}
