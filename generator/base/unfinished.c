#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/unfinished.h"
#include "base/util.h"

static const char ending[] = ".tmp";

enum { RANDOM = 6, DIGITS = 2 * RANDOM }; /* bytes, and how a name shows them */

char *unfinished_name(struct arena *arena, const char *path)
{
    unsigned char random[RANDOM];
    char digits[DIGITS + 1];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        return NULL;
    for (size_t i = 0; i < DIGITS; i++)
        digits[i] = "0123456789abcdef"[random[i / 2] >> 4 * (i % 2) & 15];
    digits[DIGITS] = '\0';
    return arena_printf(arena, "%s.%ld.%s%s", path, (long)getpid(), digits, ending);
}

pid_t unfinished_writer(const char *name)
{
    size_t len = strlen(name), tail = strlen(".") + DIGITS + strlen(ending);
    const char *end = name + len - tail;
    if (len <= tail || !str_ends(name, ending) || *end != '.' ||
        strspn(end + 1, "0123456789abcdef") != DIGITS)
        return 0;
    const char *dot = memrchr(name, '.', (size_t)(end - name));
    char *after;
    long pid = dot && dot[1] >= '1' && dot[1] <= '9' ? strtol(dot + 1, &after, 10) : 0;
    return pid > 0 && pid <= INT_MAX && after == end ? (pid_t)pid : 0;
}

/* What the handler reads. `writing` is set last and cleared first. */
static char unfinished[PATH_MAX];
static volatile sig_atomic_t writing;

void unfinished_begin(const char *path)
{
    size_t len = strlen(path);
    if (len >= sizeof unfinished) /* it cannot be opened either */
        return;
    memcpy(unfinished, path, len + 1);
    atomic_signal_fence(memory_order_seq_cst);
    writing = 1;
}

void unfinished_end(void)
{
    writing = 0;
}

/* The signal is blocked until this returns. Then it ends the process. */
static void delete_and_end(int number)
{
    if (writing)
        unlink(unfinished);
    signal(number, SIG_DFL);
    raise(number);
}

void unfinished_end_by(int number)
{
    if (signal(number, delete_and_end) == SIG_IGN)
        signal(number, SIG_IGN);
}
