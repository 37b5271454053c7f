#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/run.h"
#include "base/util.h"
#include "check.h"

static struct arena *arena;

/* Runs a shell script. Returns its standard output, which the arena owns. */
static const char *shell(struct run *run, const char *script)
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    run->argv = argv;
    run_wait(run);
    const char *out = arena_strndup(arena, run->out.data, run->out.len);
    buf_free(&run->out);
    buf_free(&run->err);
    run->argv = NULL;
    return out;
}

/* More bytes than a pipe can hold, on both streams, the second one first. */
static void test_large_output(void)
{
    const char *argv[] = {"/bin/sh", "-c",
                          "head -c 400000 /dev/zero >&2; head -c 1000000 /dev/zero;"
                          "head -c 400000 /dev/zero >&2; echo end",
                          NULL};
    struct run run = {.argv = argv};
    CHECK(run_wait(&run) && run.status == 0 && run.error == 0);
    CHECK(run.out.len == 1000004 && run.err.len == 800000);
    CHECK(strcmp(run.out.data + 1000000, "end\n") == 0);
    buf_free(&run.out);
    buf_free(&run.err);
}

static void test_no_output(void)
{
    struct run run = {.argv = (const char *const[]){"true", NULL}};
    CHECK(run_wait(&run) && run.out.len == 0 && strcmp(run.out.data, "") == 0 &&
          strcmp(run.err.data, "") == 0);
    buf_free(&run.out);
    buf_free(&run.err);
}

static void test_streams(void)
{
    struct run merged = {.merge = true};
    CHECK(strcmp(shell(&merged, "echo a; echo b >&2; echo c"), "a\nb\nc\n") == 0);
    struct run apart = {0};
    CHECK(strcmp(shell(&apart, "echo a; echo b >&2; echo c"), "a\nc\n") == 0);
}

static void test_input(void)
{
    size_t len = 3000000;
    char *large = arena_alloc(arena, len);
    memset(large, 'x', len);
    large[1000] = '\0';
    struct run run = {.argv = (const char *const[]){"cat", NULL}, .input = large, .input_len = len};
    CHECK(run_wait(&run) && run.out.len == len && memcmp(run.out.data, large, len) == 0);
    buf_free(&run.out);
    buf_free(&run.err);
    struct run unread = {.input = large, .input_len = len};
    CHECK(strcmp(shell(&unread, "echo done"), "done\n") == 0 && unread.status == 0);
    struct run none = {0};
    CHECK(strcmp(shell(&none, "cat; echo end"), "end\n") == 0);
}

static void test_environment(void)
{
    struct run run = {.env = (const char *const[]){"GORDON_A=one two", "GORDON_B=", NULL}};
    setenv("GORDON_B", "ours", 1);
    setenv("GORDON_C", "kept", 1);
    CHECK(strcmp(shell(&run, "echo \"$GORDON_A,$GORDON_B,$GORDON_C\""), "one two,,kept\n") == 0);
    CHECK(!getenv("GORDON_A") && strcmp(getenv("GORDON_B"), "ours") == 0);
}

static void test_folder(void)
{
    struct run run = {.folder = "/usr"};
    char *before = getcwd(NULL, 0), *after;
    CHECK(strcmp(shell(&run, "pwd"), "/usr\n") == 0);
    CHECK(strcmp(after = getcwd(NULL, 0), before) == 0);
    free(before), free(after);
    struct run gone = {.folder = "/no/such/folder"};
    shell(&gone, "pwd");
    CHECK(gone.status == -1 && gone.error == ENOENT);
}

static void test_words(void)
{
    static const struct {
        const char *script, *words;
    } cases[] = {
        {"exit 0", "exited with 0"},
        {"exit 3", "exited with 3"},
        {"exit 255", "exited with 255"},
        {"kill -9 $$", "was ended by signal 9 (Killed)"},
        {"kill -15 $$", "was ended by signal 15 (Terminated)"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct run run = {0};
        shell(&run, cases[i].script);
        CHECK(strcmp(run_words(arena, &run), cases[i].words) == 0);
    }
}

static void test_not_started(void)
{
    static const struct {
        const char *program;
        int error;
    } cases[] = {{"gordon-no-such-program", ENOENT},
                 {"/no/such/program", ENOENT},
                 {"/usr", EACCES},
                 {"/etc/passwd", EACCES}};
    for (size_t i = 0; i < countof(cases); i++) {
        struct run run = {.argv = (const char *const[]){cases[i].program, NULL}};
        CHECK(!run_wait(&run) && run.status == -1 && run.error == cases[i].error);
        CHECK(strcmp(run_words(arena, &run),
                     arena_printf(arena, "cannot be started: %s", strerror(cases[i].error))) == 0);
        buf_free(&run.out);
        buf_free(&run.err);
    }
}

/* A name is looked up in PATH, where folders and files that cannot run are no programs. */
static void test_not_in_path(void)
{
    static const char *const names[] = {"passwd", "usr", "gordon-no-such-program"};
    char *path = strdup(getenv("PATH"));
    setenv("PATH", "/:/etc", 1);
    for (size_t i = 0; i < countof(names); i++) {
        struct run run = {.argv = (const char *const[]){names[i], NULL}};
        errno = EACCES;
        CHECK(!run_wait(&run) && run.error == ENOENT);
        buf_free(&run.out);
        buf_free(&run.err);
    }
    setenv("PATH", path, 1);
    free(path);
}

/* Quoted for the shell, each of these texts must stay the same. */
static void test_line(void)
{
    static const char *const words[] = {
        "plain", "",      "two words", "it's",  "''",    "\"",    "$HOME",
        "`id`",  "$(id)", "\\",        "\\n",   "a\nb",  "a;b",   "a|b",
        "a&b",   "a>b",   "a<b",       "*",     "?",     "[a]",   "~",
        "~root", "#",     "!",         "{a,b}", "(a)",   "a=b",   "-n",
        "--",    "%s",    "\u00E9",    "\t",    "'\\''", "a'b'c", "x/y-z.a:b+c,d@e%f",
    };
    for (size_t i = 0; i < countof(words); i++) {
        const char *argv[] = {"printf", "%s", words[i], NULL};
        struct run run = {0};
        CHECK(strcmp(shell(&run, run_line(arena, argv)), words[i]) == 0);
    }
    CHECK(strcmp(run_line(arena, (const char *const[]){"aws", "a b", "it's", NULL}),
                 "aws 'a b' 'it'\\''s'") == 0);
    CHECK(strcmp(run_line(arena, (const char *const[]){NULL}), "") == 0);
}

/* Lines that must be split into the same words as the shell does. */
static const char *const shell_lines[] = {
    "",           "  ",      "a",           "'a b' c",  "\"a b\" c",      "a'b c'd",
    "a\"b c\"d",  "''",      "\"\"",        "a '' b",   "'it'\\''s'",     "\"it's\"",
    "'\"'",       "a\\ b",   "\\'",         "\\\"",     "\\\\",           "\\a",
    "'\\a'",      "\"\\a\"", "\"\\\"\"",    "\"\\\\\"", "\"\\$x\"",       "\"\\`x\\`\"",
    "\"a\\\nb\"", "a\\\nb",  "--x=\"a b\"", "'a\nb'",   "\u00E9\\\u00E9", "\"C:\\dir\\new\"",
};

static void test_split(void)
{
    for (size_t i = 0; i < countof(shell_lines); i++) {
        const char *script = arena_printf(
            arena, "f() { for word do printf '%%s\\036' \"$word\"; done; }; f %s", shell_lines[i]);
        struct run run = {0};
        const char **words = NULL, *theirs = shell(&run, script);
        struct buf ours = {0};
        size_t n = 0;
        CHECK(run_split(arena, shell_lines[i], &words, &n));
        buf_adds(&ours, "");
        for (size_t k = 0; k < n; k++)
            buf_printf(&ours, "%s\036", words[k]);
        if (!CHECK(strcmp(ours.data, theirs) == 0))
            fprintf(stderr, "  [%s]: %s, and the shell: %s\n", shell_lines[i], ours.data, theirs);
        buf_free(&ours);
    }
    const char **words =
        NULL; /* a line end separates words too, where it ends a command of the shell */
    size_t n = 0;
    CHECK(run_split(arena, " a  b\tc\n d ", &words, &n) && n == 4 && strcmp(words[3], "d") == 0);
}

static void test_split_errors(void)
{
    static const char *const lines[] = {"'a", "\"a", "a 'b", "\"a\\\"", "'", "'a\\'b'"};
    for (size_t i = 0; i < countof(lines); i++) {
        const char **words = NULL;
        size_t n = 0;
        CHECK(!run_split(arena, lines[i], &words, &n));
    }
    const char **words = NULL;
    size_t n = 0;
    CHECK(run_split(arena, "a", &words, &n) && run_split(arena, "b \\", &words, &n));
    CHECK(n == 3 && strcmp(words[0], "a") == 0 && strcmp(words[1], "b") == 0 &&
          strcmp(words[2], "\\") == 0); /* a backslash at the end */
}

static void test_found(void)
{
    CHECK(run_found("sh") && run_found("/bin/sh") && !run_found("gordon-no-such-program"));
    CHECK(!run_found("/bin/gordon-no-such-program") && !run_found("./sh"));
}

/* This process ignores SIGPIPE. The programs that it runs must not ignore it. */
static void test_signals(void)
{
    signal(SIGPIPE, SIG_IGN);
    interrupt_catch();
    struct run run = {0};
    shell(&run, "kill -13 $$");
    CHECK(strcmp(run_words(arena, &run), "was ended by signal 13 (Broken pipe)") == 0);
    CHECK(interrupt_signal() == 0 && run_sleep(0.01));
    struct run killer = {0};
    shell(&killer, "kill -TERM $PPID; exec sleep 20"); /* which is ended then */
    CHECK(interrupt_signal() == SIGTERM && !run_sleep(20));
    CHECK(strcmp(run_words(arena, &killer), "was ended by signal 15 (Terminated)") == 0);
}

int main(void)
{
    arena = arena_new();
    test_large_output();
    test_no_output();
    test_streams();
    test_input();
    test_environment();
    test_folder();
    test_words();
    test_not_started();
    test_not_in_path();
    test_line();
    test_split();
    test_split_errors();
    test_found();
    test_signals();
    arena_free(arena);
    return check_result();
}
