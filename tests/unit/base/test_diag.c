#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"

static struct arena *arena;

static struct pos line(int number)
{
    return (struct pos){.file = "s", .line = number, .column = 1};
}

/* The newest errors become warnings; warnings and notes between them stay what they are. */
static void test_demote(void)
{
    diag_error(EXIT_VALUE, line(1), "first");
    size_t before = diag_errors();
    diag_error(EXIT_VALUE, line(2), "second");
    diag_note(line(3), "a note");
    diag_error(EXIT_VALUE, line(4), "third");
    diag_warning(line(5), "a warning");
    CHECK(before == 1 && diag_errors() == 3);
    diag_demote(before);
    CHECK(diag_errors() == 1);
    const char *said = diag_flushed(arena, "flushed");
    if (!CHECK(strcmp(said, "s:1:1: error: first\n"
                            "s:2:1: warning: second\n"
                            "s:3:1: note: a note\n"
                            "s:4:1: warning: third\n"
                            "s:5:1: warning: a warning\n") == 0))
        fprintf(stderr, "%s", said);
}

/* With --quiet, they are not shown at all. */
static void test_quiet(void)
{
    size_t before = diag_errors();
    diag_error(EXIT_VALUE, line(1), "first");
    CHECK(!diag_quiet(true));
    diag_demote(before);
    CHECK(diag_errors() == before && diag_quiet(false));
    CHECK(strcmp(diag_flushed(arena, "flushed"), "") == 0);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-diag-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_demote();
    test_quiet();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
