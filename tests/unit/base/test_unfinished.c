#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/unfinished.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

static void test_names(void)
{
    const char *a = unfinished_name(arena, "x/y.zip"), *b = unfinished_name(arena, "x/y.zip");
    CHECK(strcmp(a, b) != 0 && str_starts(a, "x/y.zip.") && str_ends(a, ".tmp"));
    CHECK(unfinished_writer(a) == getpid() && unfinished_writer(path_base(b)) == getpid());
    CHECK(unfinished_writer("a.12.0123456789ab.tmp") == 12);
    static const char *const others[] = {
        "",
        ".tmp",
        "a.tmp",
        "a.12.tmp",
        "12.0123456789ab.tmp",
        "a.0.0123456789ab.tmp",
        "a.-1.0123456789ab.tmp",
        "a.+1.0123456789ab.tmp",
        "a.012.0123456789ab.tmp",
        "a.12x.0123456789ab.tmp",
        "a.99999999999999999999.0123456789ab.tmp",
        "a.12.0123456789a.tmp",
        "a.12.0123456789abc.tmp",
        "a.12.0123456789aB.tmp",
        "a.12.0123456789ab.tmp.zip",
        "a.12.0123456789abXtmp",
        "a.12/0123456789ab.tmp",
        ".0123456789ab.tmp",
    };
    for (size_t i = 0; i < countof(others); i++)
        CHECK(unfinished_writer(others[i]) == 0);
}

/* Runs a process that a signal ends while it writes, or after it has written. */
static int ended_by(int number, const char *path, bool whole)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        const char *temporary;
        unfinished_end_by(number);
        file_create(arena, path, &temporary);
        if (whole)
            file_replace(temporary, path);
        raise(number);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
    return WTERMSIG(status);
}

static void test_signal(void)
{
    char folder[] = "/tmp/gordon-unfinished-XXXXXX";
    size_t n;
    CHECK(mkdtemp(folder) != NULL);
    const char *path = path_join(arena, folder, "file");
    CHECK(ended_by(SIGTERM, path, false) == SIGTERM);
    CHECK(file_list(arena, folder, &n) && n == 0);
    CHECK(ended_by(SIGINT, path, true) == SIGINT);
    CHECK(file_look(path) == FILE_REGULAR && file_list(arena, folder, &n) && n == 1);
    CHECK(remove_path(folder));
}

int main(void)
{
    arena = arena_new();
    test_names();
    test_signal();
    arena_free(arena);
    return check_result();
}
