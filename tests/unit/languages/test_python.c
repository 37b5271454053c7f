#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "languages/python.h"

static struct arena *arena;

static void put(const char *path, const char *text)
{
    CHECK(file_write(path, text, strlen(text), 0644));
}

static bool holds(const char *path, const char *text)
{
    size_t len;
    const char *data = file_read(arena, path, &len);
    if (data && strcmp(data, text) == 0)
        return true;
    fprintf(stderr, "%s: %s\n", path, data ? data : "is not there");
    return false;
}

static const char *arguments(const char *runtime, const char *architecture)
{
    const char **argv = NULL;
    size_t n = 0;
    struct buf line = {0};
    python_platform_args(arena, runtime, architecture, &argv, &n);
    for (size_t i = 0; i < n; i++)
        buf_printf(&line, "%s%s", i ? " " : "", argv[i]);
    const char *text = arena_strdup(arena, line.data);
    buf_free(&line);
    return text;
}

/* Every manylinux tag that fits the glibc of the runtime, the newest first (PEP 600). */
static void test_platform(void)
{
    static const struct {
        const char *runtime, *architecture, *first, *last, *version;
        int newest, oldest; /* the x of manylinux_2_x */
    } cases[] = {
        {"python3.8", "x86_64", "manylinux_2_26_x86_64", "manylinux1_x86_64", "3.8", 26, 5},
        {"python3.10", "arm64", "manylinux_2_26_aarch64", "manylinux2014_aarch64", "3.10", 26, 17},
        {"python3.11", "x86_64", "manylinux_2_26_x86_64", "manylinux1_x86_64", "3.11", 26, 5},
        {"python3.12", "x86_64", "manylinux_2_34_x86_64", "manylinux1_x86_64", "3.12", 34, 5},
        {"python3.15", "arm64", "manylinux_2_34_aarch64", "manylinux2014_aarch64", "3.15", 34, 17},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *args = arguments(cases[i].runtime, cases[i].architecture);
        CHECK(str_starts(args, arena_printf(arena, "--only-binary=:all: --platform %s --platform ",
                                            cases[i].first)));
        CHECK(str_ends(args,
                       arena_printf(arena, " --platform %s --implementation cp --python-version %s",
                                    cases[i].last, cases[i].version)));
        for (int x = 1; x < 60; x++)
            CHECK((strstr(args, arena_printf(arena, " manylinux_2_%d_", x)) != NULL) ==
                  (x >= cases[i].oldest && x <= cases[i].newest));
        CHECK(strstr(args, " manylinux2014_"));
    }
    CHECK(strstr(arguments("python3.13", "x86_64"), " manylinux2010_x86_64 "));
    CHECK(!strstr(arguments("python3.13", "arm64"), "manylinux2010"));
}

/* A folder as pip 23 writes it: RECORD has CR LF, and the order of the installation. */
static void test_clean(void)
{
    put("t/pkg/__init__.py", "1"), put("t/pkg/bin/tool", "the package's own");
    put("t/bin/tool", "#!/home/me/venv/bin/python3.11 -E\nprint(1)\n");
    put("t/bin/long", "#!/bin/sh\n'''exec' \"/a path/python\" \"$0\" \"$@\"\n' '''\nprint(2)\n");
    put("t/bin/env", "#!/usr/bin/env python\n"), put("t/bin/sh", "#!/bin/sh\nexit\n");
    put("t/bin/program", "\x7F"
                         "ELF"),
        put("t/bin/empty", ""), put("t/bin/deep/x", "");
    put("t/bin/only", "#!/usr/bin/python3");
    put("t/pkg-1.0.dist-info/WHEEL",
        "Wheel-Version: 1.0\r\nGenerator: x 1\r\nTag: py3-none-any\r\n");
    put("t/pkg-1.0.dist-info/METADATA", "m"), put("t/pkg-1.0.dist-info/INSTALLER", "pip");
    put("t/pkg-1.0.dist-info/direct_url.json", "{\"url\": \"file:///home/me\"}");
    put("t/pkg-1.0.dist-info/RECORD", "pkg/bin/tool,sha256=a,1\r\n"
                                      "pkg/__init__.py,sha256=b,1\r\n"
                                      "../../bin/tool,sha256=c,9\r\n"
                                      "bin/tool,sha256=c,9\r\n"
                                      "pkg/__pycache__/__init__.cpython-311.pyc,,\r\n"
                                      "pkg-1.0.dist-info/direct_url.json,sha256=d,3\r\n"
                                      "pkg-1.0.dist-info/RECORD,,\r\n"
                                      "pkg-1.0.dist-info/WHEEL,sha256=0,1\r\n"
                                      "\"pkg/a,b.pyc.py\",sha256=e,1\r\n"
                                      "binary/x.py,sha256=f,1\r\n");
    CHECK(python_clean(arena, "t"));
    CHECK(holds("t/bin/tool", "#!/usr/bin/env python3\nprint(1)\n") &&
          holds("t/bin/long", "#!/usr/bin/env python3\nprint(2)\n") &&
          holds("t/bin/env", "#!/usr/bin/env python\n") && holds("t/bin/sh", "#!/bin/sh\nexit\n") &&
          holds("t/bin/program", "\x7F"
                                 "ELF") &&
          holds("t/bin/empty", "") && holds("t/bin/only", "#!/usr/bin/python3"));
    CHECK(holds("t/pkg/bin/tool", "the package's own") &&
          file_look("t/pkg/__init__.py") != FILE_MISSING);
    CHECK(file_look("t/pkg-1.0.dist-info/direct_url.json") == FILE_MISSING);
    CHECK(file_look("t/pkg-1.0.dist-info/METADATA") != FILE_MISSING &&
          file_look("t/pkg-1.0.dist-info/INSTALLER") != FILE_MISSING);
    CHECK(holds("t/pkg-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\r\nTag: py3-none-any\r\n"));
    CHECK(holds("t/pkg-1.0.dist-info/RECORD", "\"pkg/a,b.pyc.py\",sha256=e,1\r\n"
                                              "binary/x.py,sha256=f,1\r\n"
                                              "pkg-1.0.dist-info/RECORD,,\r\n"
                                              "pkg-1.0.dist-info/WHEEL,,\n"
                                              "pkg/__init__.py,sha256=b,1\r\n"
                                              "pkg/bin/tool,sha256=a,1\r\n"));
}

/* RECORD is the same for any order of lines, and with or without a last line end. */
static void test_record_is_the_same(void)
{
    put("r1/a.dist-info/RECORD", "b,,\na,,\nc.pyc,,\n");
    put("r2/a.dist-info/RECORD", "a,,\n\nb,,");
    CHECK(python_clean(arena, "r1") && holds("r1/a.dist-info/RECORD", "a,,\nb,,\n"));
    CHECK(python_clean(arena, "r2") && holds("r2/a.dist-info/RECORD", "a,,\nb,,\n"));
    CHECK(python_clean(arena, "r2") && holds("r2/a.dist-info/RECORD", "a,,\nb,,\n")); /* twice */
}

static void test_without(void)
{
    put("none/pkg/x.py", ""), put("no-record/a.dist-info/METADATA", "m");
    put("nothing-left/a.dist-info/RECORD", "bin/a,,\n");
    CHECK(python_clean(arena, "none") && file_look("none/pkg/x.py") != FILE_MISSING);
    CHECK(python_clean(arena, "no-record") &&
          file_look("no-record/a.dist-info/RECORD") == FILE_MISSING);
    CHECK(python_clean(arena, "nothing-left") && holds("nothing-left/a.dist-info/RECORD", ""));
    CHECK(file_mkdirs("empty") && python_clean(arena, "empty"));
    CHECK(!python_clean(arena, "gone"));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-python-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    arena = arena_new();
    test_platform();
    test_clean();
    test_record_is_the_same();
    test_without();
    CHECK(chdir("/") == 0 && remove_path(folder));
    arena_free(arena);
    return check_result();
}
