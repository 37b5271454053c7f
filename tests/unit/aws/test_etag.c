#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/etag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"

enum { MIB = 1024 * 1024 };

static const char path[] = "object";

/* Writes a file of `size` bytes. Byte i is (i * 7 + i // 65536) % 256. */
static void make(size_t size)
{
    unsigned char *data = malloc(size ? size : 1);
    if (!CHECK(data != NULL))
        return;
    for (size_t i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 7 + i / 65536);
    CHECK(file_write(path, data, size, 0644));
    free(data);
}

/* Python: d = bytes((i * 7 + i // 65536) % 256 for i in range(size)); in one piece
 * md5(d).hexdigest(); else parts = [d[i:i + part] for i in range(0, size, part)], and
 * md5(b"".join(md5(p).digest() for p in parts)).hexdigest() + "-" + str(len(parts)). */
static const struct {
    size_t size;
    const char *tag;
} tags[] = {
    {0, "d41d8cd98f00b204e9800998ecf8427e"},
    {1, "93b885adfe0da089cdf634904fd59f71"},
    {16384, "ea13f524a784b8f63d95a883743253e7"},
    {16385, "2b3c1d2afb8270bad1695132cef2ea76"},
    {8 * MIB, "6606169ea459595981b82fb14cdf1d48"},
    {8 * MIB, "a0ccd8e63834ac0d9739f284f443750a-1"},
    {8 * MIB, "d3d8481214e756e9d907bfb3ecf5cdb5-2"},
    {8 * MIB + 1, "dbf56b9988133344f4f7bcd5474a079d-2"},
    {17 * MIB, "e778d2e59ea1ea2ed6a248f5c38f8081-4"},
    {17 * MIB, "37cd849111aa751e90bdacbdd75d7e55-2"},
};

static void test_tags(void)
{
    struct arena *arena = arena_new();
    size_t made = (size_t)-1;
    for (size_t i = 0; i < countof(tags); i++) {
        if (tags[i].size != made)
            make(made = tags[i].size);
        if (!CHECK(etag_matches(path, tags[i].tag)))
            fprintf(stderr, "  %zu bytes, %s\n", tags[i].size, tags[i].tag);
        if (made < MIB) /* MD5 is slow in a build with sanitizers */
            CHECK(etag_matches(path, arena_printf(arena, "\"%s\"", tags[i].tag)));
        char *other = arena_strdup(arena, tags[i].tag);
        other[0] = other[0] == '0' ? '1' : '0';
        CHECK(!etag_matches(path, other));
    }
    arena_free(arena);
}

static void test_no_tags(void)
{
    static const char *const others[] = {
        "",
        "\"\"",
        "d41d8cd9",
        "d41d8cd98f00b204e9800998ecf8427e-1",
        "d41d8cd98f00b204e9800998ecf8427e-",
        "d41d8cd98f00b204e9800998ecf8427e-x",
        "d41d8cd98f00b204e9800998ecf8427e-99999999999999999999",
        "d41d8cd98f00b204e9800998ecf8427e--1",
    };
    make(0);
    for (size_t i = 0; i < countof(others); i++)
        CHECK(!etag_matches(path, others[i]));
    CHECK(etag_matches(path, "d41d8cd98f00b204e9800998ecf8427e"));
}

/* The caller ends with the signal's exit status, and not with an error about the file. */
static void test_interrupted(void)
{
    make(1);
    pid_t child = fork();
    if (child == 0) {
        interrupt_catch();
        raise(SIGINT);
        _exit(etag_matches(path, "93b885adfe0da089cdf634904fd59f71") ? 2 : 3);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-etag-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    test_tags();
    test_no_tags();
    test_interrupted();
    CHECK(chdir("/") == 0 && remove_path(folder));
    return check_result();
}
