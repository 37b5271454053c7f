#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"
#include "check.h"
#include "sources/depfile.h"

/* Names, and the tools for which no escape helps: Ninja allows few signs in a name, and Make has a
 * meaning for some. A tool that does not understand a name builds again or stops; it never misses a
 * change. */
static const struct {
    const char *name;
    bool not_ninja, not_make;
} names[] = {
    {"plain"},
    {"two words"},
    {" first"},
    {"a#b"},
    {"#a"},
    {"a #b"},
    {"a# b"},
    {"a$b"},
    {"$a"},
    {"a$$b"},
    {"a$ b"},
    {"a${b}"},
    {"a\\b"},
    {"a\\\\b"},
    {"a\\ b"},
    {"a\\\\ b"},
    {"\u00FC"},
    {"\u65E5"},
    {"a,b"},
    {"a=b"},
    {"a~b"},
    {"~a"},
    {"a@b"},
    {"a+b"},
    {"a!b"},
    {"a{b}"},
    {"a[b]"},
    {"a%b"},
    {"-a"},
    {".a"},
    {"folder/a b/c"},
    {"a'b", true},
    {"a\"b", true},
    {"a&b", true},
    {"a^b", true},
    {"a`b", true},
    {"a<b>", true},
    {"a\tb", true},
    {"a\\$b", true},
    {"a;b", true, true},
    {"a|b", true, true},
    {"a*b", true, true},
    {"a?b", true, true},
    {"a(b)", false, true},
    {"a$(b)", false, true},
    {"a:b", false, true},
    {"a\\#b", false, true},
    {"end\\", true},
    {"end\\\\", true},
};

static void set_age(const char *path, int seconds)
{
    struct timespec now = {.tv_sec = time(NULL) - seconds};
    CHECK(utimensat(AT_FDCWD, path, (struct timespec[]){now, now}, 0) == 0);
}

/* Returns whether a tool succeeds and prints `text`. */
static bool says(const char *const *argv, const char *text)
{
    struct run run = {.argv = argv, .merge = true};
    run_wait(&run);
    bool found = strstr(run.out.data, text) != NULL;
    if (run.status < 0)
        fprintf(stderr, "%s does not run\n", argv[0]);
    buf_free(&run.out);
    buf_free(&run.err);
    return found;
}

static bool ninja_is_done(void)
{
    return says((const char *const[]){"ninja", "-n", "-d", "explain", NULL}, "no work to do");
}

static bool make_is_done(void)
{
    return says((const char *const[]){"make", "-n", NULL}, "is up to date");
}

/* `out` is newer than its input, and then older. The tool must notice both. */
static void check_with(const char *tool, bool (*is_done)(void), const char *name, bool understood)
{
    set_age(name, 100);
    set_age("out", 50);
    bool before = is_done();
    set_age(name, 10);
    bool after = is_done();
    if (!CHECK(before == understood && !after))
        fprintf(stderr, "  %s, '%s': %s\n", tool, name,
                after    ? "a change is not seen"
                : before ? "the name is understood"
                         : "the name is not understood");
}

static void test_tools(void)
{
    static const char ninja[] = "rule r\n command = touch out\n depfile = out.d\nbuild out: r\n";
    static const char makefile[] = "out:\n\ttouch out\ninclude out.d\n";
    CHECK(file_write("build.ninja", ninja, strlen(ninja), 0644));
    CHECK(file_write("Makefile", makefile, strlen(makefile), 0644));
    CHECK(file_write("out", "", 0, 0644));
    CHECK(says((const char *const[]){"ninja", NULL}, "touch") || !run_found("ninja"));
    for (size_t i = 0; i < countof(names); i++) {
        const char *name = names[i].name, *inputs[] = {"build.ninja", name, "Makefile"};
        CHECK(!(names[i].not_ninja || names[i].not_make) || !depfile_can_name(name));
        CHECK(file_write(name, "", 0, 0644));
        set_age("build.ninja", 1000), set_age("Makefile", 1000);
        CHECK(depfile_write("out.d", "out", inputs, countof(inputs)));
        set_age("out.d", 1000); /* GNU Make compares it, although no rule makes it */
        if (run_found("ninja"))
            check_with("ninja", ninja_is_done, name, !names[i].not_ninja);
        if (run_found("make"))
            check_with("make", make_is_done, name, !names[i].not_make);
    }
}

static bool holds(const char *path, const char *text)
{
    struct arena *arena = arena_new();
    size_t len;
    const char *data = file_read(arena, path, &len);
    bool same = data && strcmp(data, text) == 0;
    if (!same)
        fprintf(stderr, "%s holds: %s\n", path, data ? data : "nothing");
    arena_free(arena);
    return same;
}

static void test_text(void)
{
    const char *inputs[] = {"a b", "line\nend", "c\rd", "e"};
    CHECK(depfile_write("text.d", "my out", inputs, countof(inputs)));
    CHECK(holds("text.d", "my\\ out: \\\n  a\\ b \\\n  e\n"));
    const char *ends[] = {"a\\", "b\\ c"};
    CHECK(depfile_write("ends.d", "out\\", ends, countof(ends)));
    CHECK(holds("ends.d", "out\\\\: \\\n  a\\\\ \\\n  b\\\\\\ c\n"));
    CHECK(depfile_write("none.d", "out", NULL, 0));
    CHECK(holds("none.d", "out:\n"));
    CHECK(!depfile_write("none.d/in/a/file", "out", NULL, 0));
}

static void test_can_name(void)
{
    static const char *const can[] = {"/a/b.py", "a b",  " a",           "a#b", "a$b", "a${b}",
                                      "\u00FC",  "a=~b", "a@b+c,d!-{e}", ".a",  ""};
    static const char *const cannot[] = {"a%b",  "a\\b", "[ab]", "a ",   "a:",     "a\nb", "a\rb",
                                         "a\tb", "\x7f", "\x01", "a(1)", "it's/b", "a;b"};
    for (size_t i = 0; i < countof(can); i++)
        CHECK(depfile_can_name(can[i]));
    for (size_t i = 0; i < countof(cannot); i++)
        CHECK(!depfile_can_name(cannot[i]));
}

int main(void)
{
    char folder[] = "/tmp/gordon-test-depfile-XXXXXX";
    if (!CHECK(mkdtemp(folder)) || !CHECK(chdir(folder) == 0))
        return check_result();
    test_text();
    test_can_name();
    test_tools();
    CHECK(chdir("/") == 0 && remove_path(folder));
    return check_result();
}
