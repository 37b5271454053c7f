#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "deploy/payload.h"
#include "diag_flushed.h"

enum { MAX = 6 * 1024 * 1024 };

static struct arena *arena;

/* The payload, or the messages. */
static const char *said(const char *payload)
{
    const char *errors = diag_flushed(arena, "flushed");
    return payload ? payload : errors;
}

static const char *from_file(const char *text)
{
    CHECK(file_write("p", text, strlen(text), 0644));
    return said(payload_read(arena, "p"));
}

/* With the file `path` as standard input. */
static const char *from_input(const char *path, const char *argument)
{
    int kept = dup(0), fd = open(path, O_RDONLY);
    CHECK(kept >= 0 && fd >= 0 && dup2(fd, 0) == 0);
    const char *text = said(payload_read(arena, argument));
    dup2(kept, 0);
    close(kept), close(fd);
    return text;
}

static void is(const char *text, const char *expected)
{
    if (!CHECK(strcmp(text, expected) == 0))
        fprintf(stderr, "  %.300s\n", text);
}

static void test_json(void)
{
    static const char *const right[] = {"{}",
                                        " [1]\n",
                                        "\"text\"",
                                        "null",
                                        "123456789012345678901234567890",
                                        "\"\\u0000\"",
                                        "1e400",
                                        "{\"1e400 \\\" -\": [-1.5E+999,0.0e-400 , 2e0999]}"};
    static const char *const wrong[] = {"01e400",      "[1e400",      "[1e400 01]",
                                        "1e400e400",   "1e400-2",     "[1e400, +1]",
                                        "[1e400, .5]", "[1e400, 1.]", "[1e400, \"]"};
    for (size_t i = 0; i < countof(right); i++) {
        is(from_file(right[i]), right[i]);
        CHECK(payload_is_json(right[i], strlen(right[i])));
    }
    for (size_t i = 0; i < countof(wrong); i++)
        CHECK(!payload_is_json(wrong[i], strlen(wrong[i])));
    char digits[500];
    memset(digits, '7', sizeof digits);
    CHECK(payload_is_json(digits, sizeof digits));
    CHECK(!payload_is_json("{", 1) && !payload_is_json("", 0));
    is(from_file(""), "p: error: there is no JSON in it\n");
    is(from_file(" \t\r\n"), "p: error: there is no JSON in it\n");
    is(from_file("{\"secret\" 1}"), "p:1:11: error: this is not JSON: ':' expected\n");
    is(from_file("{\n \"a\": x}"), "p:2:7: error: this is not JSON: invalid token\n");
    is(said(payload_read(arena, "gone")),
       "gone: error: cannot be read: No such file or directory\n");
}

static void test_input(void)
{
    CHECK(file_write("p", "{\"a\": 1}", 8, 0644) && file_write("empty", " \n", 2, 0644));
    is(from_input("p", NULL), "{\"a\": 1}");
    is(from_input("p", "-"), "{\"a\": 1}");
    is(from_input("empty", NULL), "{}"); /* only without "-" */
    is(from_input("empty", "-"), "standard input: error: there is no JSON in it\n");
    alarm(60); /* an error is the end of the input */
    is(from_input(".", NULL), "standard input: error: cannot be read: Is a directory\n");
    alarm(0);
}

/* A text of so many bytes. */
static const char *of_size(size_t size)
{
    char *text = arena_alloc(arena, size + 1);
    memset(text, 'x', size);
    text[0] = text[size - 1] = '"';
    text[size] = '\0';
    CHECK(file_write("p", text, size, 0644));
    return text;
}

static void test_size(void)
{
    static const char over[] = ": error: a lambda takes a payload of up to 6 MB (6291456 bytes)\n";
    is(from_input(of_size(MAX) ? "p" : "", "-"), of_size(MAX));
    is(said(payload_read(arena, "p")), of_size(MAX));
    of_size(MAX + 1);
    is(from_input("p", "-"), arena_printf(arena, "standard input%s", over));
    is(said(payload_read(arena, "p")), arena_printf(arena, "p%s", over));
    is(from_input("/dev/zero", "-"), arena_printf(arena, "standard input%s", over));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-payload-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    setenv("NO_COLOR", "1", 1);
    arena = arena_new();
    test_json();
    test_input();
    test_size();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
