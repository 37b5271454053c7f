#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/content.h"
#include "archive/entry.h"
#include "archive/zip.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"

static char folder[] = "/tmp/gordon-test-zip-XXXXXX";
static struct arena *arena;

struct bytes {
    char *data;
    size_t len;
};

/* Returns the path of `name` in the test's folder. */
static const char *in(const char *name)
{
    return path_join(arena, folder, name);
}

static const char *put(const char *name, const char *content)
{
    CHECK(file_write(in(name), content, strlen(content), 0644));
    return in(name);
}

static struct bytes get(const char *name)
{
    struct bytes bytes = {NULL, 0};
    bytes.data = file_read(arena, in(name), &bytes.len);
    CHECK(bytes.data != NULL);
    return bytes;
}

static bool same(struct bytes a, struct bytes b)
{
    return a.data && b.data && a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* Returns whether the messages since the last call contain `text`. */
static bool reported(const char *text)
{
    const char *path = in("stderr");
    fflush(stderr);
    int saved = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, STDERR_FILENO);
    diag_flush();
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    struct bytes message = get("stderr");
    unlink(path);
    bool found = message.data && strstr(message.data, text);
    if (!found)
        fprintf(stderr, "  not in the report: %s\n  which is: %s", text, message.data);
    return found;
}

static size_t file_count(void)
{
    size_t count = 0;
    CHECK(file_list(arena, folder, &count) != NULL);
    return count;
}

/* Returns a line for each entry that libarchive reads: mode, name, content. */
static const char *listing(const char *name)
{
    struct archive *zip = archive_read_new();
    struct archive_entry *entry;
    struct buf out = {0};
    int status;
    buf_adds(&out, "");
    archive_read_support_format_zip(zip);
    CHECK(archive_read_open_filename(zip, in(name), 10240) == ARCHIVE_OK);
    while ((status = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
        char content[100] = "";
        la_ssize_t n = archive_read_data(zip, content, sizeof content - 1);
        CHECK(n >= 0 && archive_entry_mtime(entry) == 315532800);
        buf_printf(&out, "%o %s %.*s\n", (unsigned)archive_entry_mode(entry),
                   archive_entry_pathname(entry), (int)n, content);
    }
    if (!CHECK(status == ARCHIVE_EOF))
        fprintf(stderr, "  %s\n", archive_error_string(zip));
    archive_read_free(zip);
    const char *text = arena_strdup(arena, out.data);
    buf_free(&out);
    return text;
}

static bool lists(const char *name, const char *expected)
{
    const char *found = listing(name);
    if (strcmp(found, expected) == 0)
        return true;
    fprintf(stderr, "  found:\n%s", found);
    return false;
}

/* Returns whether other programs can read the zip, if they are installed. */
static bool others_read(const char *name)
{
    return system(arena_printf(arena,
                               "cd %s; if command -v unzip >/dev/null; then unzip -tqq %s; fi && "
                               "if command -v python3 >/dev/null; then python3 -c 'import sys, "
                               "zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(z.testzip() is "
                               "not None or any(i.date_time != (1980, 1, 1, 0, 0, 0) for i in "
                               "z.infolist()))' %s; fi",
                               folder, name, name)) == 0;
}

static bool write_abc(const char *zip)
{
    const struct pack_entry entries[] = {
        {"a", in("src/a"), .executable = true},
        {"b/b", in("src/b")},
        {"c/ü", in("src/c")},
    };
    return zip_write(in(zip), entries, countof(entries));
}

static void put_abc(void)
{
    put("src/a", "#!/bin/sh\n");
    put("src/b", "");
    put("src/c", "cccccccccccccccccccccccccccccccccccccccccc");
}

static const char abc_listing[] = "100755 a #!/bin/sh\n\n"
                                  "100644 b/b \n"
                                  "100644 c/ü cccccccccccccccccccccccccccccccccccccccccc\n";

static void test_same_bytes(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    CHECK(lists("1.zip", abc_listing));
    CHECK(others_read("1.zip"));
    CHECK(remove_path(in("src")));
    mode_t mask = umask(077);
    put("src/c", "cccccccccccccccccccccccccccccccccccccccccc");
    put("src/b", "");
    put("src/a", "#!/bin/sh\n");
    const struct timespec times[2] = {{1, 0}, {2000000000, 0}};
    CHECK(utimensat(AT_FDCWD, in("src/a"), times, 0) == 0 && chmod(in("src/b"), 0755) == 0);
    static const char *const zones[] = {"XXX-14", "XXX+12", "Europe/Berlin"};
    setlocale(LC_ALL, "C");
    for (size_t i = 0; i < countof(zones); i++) {
        setenv("TZ", zones[i], 1);
        tzset();
        CHECK(write_abc("sub/2.zip")); /* makes the folder */
        CHECK(same(get("1.zip"), get("sub/2.zip")));
        CHECK(remove_path(in("sub")));
    }
    setenv("TZ", "UTC0", 1);
    tzset();
    CHECK(write_abc("3.zip"));
    struct stat st;
    CHECK(stat(in("3.zip"), &st) == 0 && (st.st_mode & 0777) == 0644);
    umask(mask);
    CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
}

static void test_untouched(void)
{
    const struct timespec times[2] = {{1000000, 0}, {1000000, 0}};
    struct stat st;
    put_abc();
    CHECK(write_abc("1.zip") && utimensat(AT_FDCWD, in("1.zip"), times, 0) == 0);
    size_t count = file_count();
    CHECK(write_abc("1.zip"));
    CHECK(stat(in("1.zip"), &st) == 0 && st.st_mtime == 1000000 && file_count() == count);
    put("src/b", "new");
    CHECK(write_abc("1.zip"));
    CHECK(stat(in("1.zip"), &st) == 0 && st.st_mtime != 1000000 && file_count() == count);
}

static void test_empty(void)
{
    CHECK(zip_write(in("empty.zip"), NULL, 0));
    CHECK(lists("empty.zip", "") && get("empty.zip").len == 22);
    CHECK(zip_add(in("empty.zip"), in("one.zip"), "x", "", 0));
    CHECK(lists("one.zip", "100644 x \n") && others_read("one.zip"));
}

/* Writes one entry. Expects an error, and no new file. */
static void check_refused(const char *name, const char *source, const char *message)
{
    const struct pack_entry entry = {name, source};
    size_t count = file_count();
    CHECK(!zip_write(in("refused.zip"), &entry, 1));
    CHECK(reported(message));
    CHECK(file_count() == count);
}

static void test_refused(void)
{
    static const char *const not_utf8[] = {"\xFF",
                                           "a\xC3",
                                           "\xC0\xAF",
                                           "\xED\xA0\x80",
                                           "\xE4",
                                           "\xF4\x90\x80\x80",
                                           "\xF0\x8F\xBF\xBF",
                                           "x/\x80"};
    const char *a = put("src/a", "a");
    for (size_t i = 0; i < countof(not_utf8); i++)
        check_refused(not_utf8[i], a, "src/a: error: its name in the zip is not UTF-8");
    static const char *const bad[] = {"", "/a", "a//b", "a/"};
    for (size_t i = 0; i < countof(bad); i++)
        check_refused(bad[i], a, "its name in the zip is empty, absolute, or has an empty part");
    check_refused("../a", a, "has a part '.' or '..'");
    check_refused("b/./a", a, "has a part '.' or '..'");
    char *longest = arena_alloc(arena, 65537);
    check_refused(memset(longest, 'n', 65536), a, "is longer than 65535 bytes");
    check_refused("a", in("missing"), "missing: error: cannot be read: No such file or directory");
    check_refused("a", in("src"), "src: error: is a folder, not a file");
    CHECK(mkfifo(in("src/fifo"), 0600) == 0);
    check_refused("a", in("src/fifo"), "is a device or a pipe, not a file");
    CHECK(file_write(in("src/large"), "", 0, 0600) &&
          truncate(in("src/large"), (off_t)5 << 30) == 0);
    check_refused("a", in("src/large"), "larger than 3.75 GiB; Lambda accepts 250 MB");
    if (file_look("/proc/self/status") != FILE_MISSING) /* its size is said to be 0 */
        check_refused("a", "/proc/self/status", "changed its size while it was zipped");
    const struct pack_entry twice[] = {{"a", a}, {"a", a}};
    CHECK(!zip_write(in("refused.zip"), twice, 2));
    CHECK(reported("'a' comes twice or out of order in the zip"));
}

static void test_all_errors_shown(void)
{
    const struct pack_entry entries[] = {{"a", in("no-a")}, {"b", in("no-b")}};
    size_t before = diag_errors();
    CHECK(!zip_write(in("1.zip"), entries, 2) && diag_errors() == before + 2);
    CHECK(reported("no-b: error: cannot be read"));
}

/* A write that fails as on a full disk. */
static void test_short_write(void)
{
    struct rlimit before, small = {.rlim_cur = 5000};
    char noise[60000];
    for (size_t i = 0, x = 1; i < sizeof noise; i++, x = x * 1103515245 + 12345)
        noise[i] = (char)(x >> 16);
    CHECK(file_write(in("src/noise"), noise, sizeof noise, 0644));
    put_abc();
    CHECK(write_abc("1.zip"));
    struct bytes kept = get("1.zip");
    const struct pack_entry entries[] = {{"n1", in("src/noise")}, {"n2", in("src/noise")}};
    CHECK(zip_write(in("noise.zip"), entries, 2));
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    size_t count = file_count();
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    bool written = zip_write(in("1.zip"), entries, 2);
    bool added = zip_add(in("noise.zip"), in("2.zip"), "x", "x", 1);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(!written && !added);
    CHECK(reported("2.zip: error: cannot be written: File too large"));
    CHECK(same(get("1.zip"), kept) && file_count() == count);
    CHECK(!zip_write("/proc/nowhere/1.zip", entries, 2));
    CHECK(reported("/proc/nowhere/1.zip: error: cannot be written: "));
}

static void test_add(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    CHECK(zip_add(in("1.zip"), in("2.zip"), "params.json", "{}", 2));
    const char *more = arena_printf(arena, "%s100644 params.json {}\n", abc_listing);
    CHECK(lists("2.zip", more) && others_read("2.zip"));
    CHECK(lists("1.zip", abc_listing));
    CHECK(zip_add(in("1.zip"), in("3.zip"), "ö", "{}", 2));
    CHECK(lists("3.zip", arena_printf(arena, "%s100644 ö {}\n", abc_listing)));
    CHECK(others_read("3.zip"));
    CHECK(zip_add(in("2.zip"), in("2.zip"), "params.json", "{\"b\": 1}", 8)); /* onto itself */
    CHECK(zip_add(in("1.zip"), in("3.zip"), "params.json", "{\"b\": 1}", 8));
    CHECK(same(get("2.zip"), get("3.zip")) && others_read("2.zip"));
    struct stat st;
    CHECK(stat(in("2.zip"), &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(!zip_add(in("1.zip"), in("4.zip"), "../x", "", 0));
    CHECK(reported("4.zip: error: the name '../x' has a part '.' or '..'"));
    CHECK(!zip_add(in("missing.zip"), in("4.zip"), "x", "", 0));
    CHECK(reported("missing.zip: error: cannot be read: No such file or directory"));
    CHECK(!zip_add(folder, in("4.zip"), "x", "", 0) && reported("is not a file"));
    CHECK(file_look(in("4.zip")) == FILE_MISSING);
}

/* A comment changes the bytes of a zip. Without it they are the old ones again. */
static void test_set_comment(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    CHECK(zip_add(in("1.zip"), in("2.zip"), "params.json", "{}", 2));
    CHECK(zip_add(in("1.zip"), in("3.zip"), "params.json", "{}", 2));
    CHECK(strcmp(zip_comment(arena, in("3.zip")), "") == 0);
    CHECK(zip_set_comment(in("3.zip"), "first") && zip_set_comment(in("3.zip"), "words"));
    CHECK(strcmp(zip_comment(arena, in("3.zip")), "words") == 0);
    CHECK(get("3.zip").len == get("2.zip").len + strlen("words"));
    CHECK(lists("3.zip", arena_printf(arena, "%s100644 params.json {}\n", abc_listing)));
    CHECK(others_read("3.zip"));
    CHECK(zip_set_comment(in("3.zip"), "") && same(get("2.zip"), get("3.zip")));
    CHECK(!zip_set_comment(in("missing.zip"), "x") && !zip_comment(arena, in("missing.zip")));
    put("src/no.zip", "not a zip, but longer than an end record");
    CHECK(!zip_set_comment(in("src/no.zip"), "x") && !zip_comment(arena, in("src/no.zip")));
    struct bytes zip = get("2.zip"); /* with a NUL in a comment, its end is not where it seems */
    struct buf odd = {0};
    buf_add(&odd, zip.data, zip.len);
    odd.data[odd.len - 2] = 3;
    buf_add(&odd, "a\0b", 3);
    CHECK(file_write(in("odd.zip"), odd.data, odd.len, 0644));
    CHECK(!zip_set_comment(in("odd.zip"), "x") && get("odd.zip").len == odd.len);
    buf_free(&odd);
}

/* Of equal names the first zip's entry wins. No entry is compressed again; all are sorted. */
static void test_merge(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    put("src/b", "other\n");
    const struct pack_entry more[] = {
        {"a/x", in("src/b")}, {"b/b", in("src/b")}, {"z", in("src/b")}};
    CHECK(zip_write(in("2.zip"), more, 3) && zip_set_comment(in("2.zip"), "a key"));
    const char *both[] = {in("1.zip"), in("2.zip")}, *turned[] = {in("2.zip"), in("1.zip")};
    CHECK(zip_merge(in("3.zip"), both, 2) && others_read("3.zip"));
    CHECK(lists("3.zip",
                "100755 a #!/bin/sh\n\n100644 a/x other\n\n100644 b/b \n"
                "100644 c/ü cccccccccccccccccccccccccccccccccccccccccc\n100644 z other\n\n"));
    CHECK(zip_merge(in("4.zip"), turned, 2) && !same(get("3.zip"), get("4.zip")));
    CHECK(zip_merge(in("5.zip"), both, 1) && same(get("1.zip"), get("5.zip")));
    CHECK(zip_write(in("6.zip"), NULL, 0));
    const char *empty[] = {in("6.zip"), in("1.zip")};
    CHECK(zip_merge(in("7.zip"), empty, 2) && same(get("1.zip"), get("7.zip")));
    const char *missing[] = {in("1.zip"), in("missing.zip")};
    CHECK(!zip_merge(in("8.zip"), missing, 2) && reported("missing.zip: error: cannot be read"));
    CHECK(file_look(in("8.zip")) == FILE_MISSING);
}

/* A replaced entry leaves no bytes in the zip. */
static void test_replace(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    const struct pack_entry rest[] = {{"a", in("src/a"), .executable = true}, {"c/ü", in("src/c")}};
    CHECK(zip_write(in("2.zip"), rest, 2));
    CHECK(zip_add(in("1.zip"), in("1.zip"), "b/b", "new", 3));
    CHECK(zip_add(in("2.zip"), in("2.zip"), "b/b", "new", 3));
    CHECK(same(get("1.zip"), get("2.zip")));
    CHECK(lists("1.zip", "100755 a #!/bin/sh\n\n"
                         "100644 c/ü cccccccccccccccccccccccccccccccccccccccccc\n"
                         "100644 b/b new\n"));
    CHECK(others_read("1.zip"));
    CHECK(zip_write(in("3.zip"), rest, 1));
    CHECK(zip_add(in("3.zip"), in("3.zip"), "a", "now all",
                  7)); /* no bytes of the old one are left */
    CHECK(lists("3.zip", "100644 a now all\n") && get("3.zip").len == 22 + 30 + 46 + 2 + 7);
}

/* Every shorter file, and every changed byte: an error or a zip, but no crash, and no file after
 * an error. Only the complete file has an end record. */
static void test_broken(void)
{
    put_abc();
    CHECK(write_abc("1.zip"));
    struct bytes zip = get("1.zip");
    for (size_t len = 0; len < zip.len; len++) {
        CHECK(file_write(in("bad.zip"), zip.data, len, 0644));
        CHECK(!zip_add(in("bad.zip"), in("out.zip"), "x", "x", 1));
    }
    CHECK(reported("bad.zip: error: is a broken zip: it has no end record; perhaps it was cut"));
    CHECK(file_look(in("out.zip")) == FILE_MISSING);
    static const unsigned char flips[] = {0x01, 0x80, 0xFF};
    for (size_t i = 0; i < zip.len * countof(flips); i++) {
        char *byte = &zip.data[i / countof(flips)], before = *byte;
        *byte = (char)(before ^ flips[i % countof(flips)]);
        CHECK(file_write(in("bad.zip"), zip.data, zip.len, 0644));
        CHECK(zip_add(in("bad.zip"), in("out.zip"), "x", "x", 1) ==
              (file_look(in("out.zip")) != FILE_MISSING));
        CHECK(remove_path(in("out.zip")));
        *byte = before;
    }
    CHECK(reported("an entry is not where the directory says"));
    memset(zip.data, 'x', zip.len);
    CHECK(file_write(in("bad.zip"), zip.data, zip.len, 0644));
    CHECK(!zip_add(in("bad.zip"), in("out.zip"), "x", "x", 1) && reported("no end record"));
}

static void test_comment(void)
{
    put_abc();
    CHECK(write_abc("1.zip") && zip_add(in("1.zip"), in("2.zip"), "x", "x", 1));
    struct bytes zip = get("1.zip");
    zip.data[zip.len - 2] = 9;
    struct buf commented = {0};
    buf_add(&commented, zip.data, zip.len);
    buf_adds(&commented, "PK\5\6 note");
    CHECK(file_write(in("c.zip"), commented.data, commented.len, 0644));
    CHECK(zip_add(in("c.zip"), in("c.zip"), "x", "x", 1)); /* drops it */
    CHECK(same(get("c.zip"), get("2.zip")));
    commented.len = 0;
    buf_adds(&commented, "#!/bin/sh\n");
    zip.data[zip.len - 2] = 0;
    buf_add(&commented, zip.data, zip.len);
    CHECK(file_write(in("c.zip"), commented.data, commented.len, 0644));
    CHECK(!zip_add(in("c.zip"), in("c.zip"), "x", "x", 1));
    CHECK(reported("is a broken zip: its directory is not at its end"));
    buf_free(&commented);
}

static void test_zip64(void)
{
    struct archive *zip = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "a");
    archive_entry_set_mode(entry, AE_IFREG | 0644);
    archive_entry_set_size(entry, 1);
    CHECK(archive_write_set_format_zip(zip) == ARCHIVE_OK &&
          archive_write_set_options(zip, "zip64") == ARCHIVE_OK &&
          archive_write_open_filename(zip, in("64.zip")) == ARCHIVE_OK &&
          archive_write_header(zip, entry) == ARCHIVE_OK && archive_write_data(zip, "a", 1) == 1 &&
          archive_write_close(zip) == ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(zip);
    CHECK(!zip_add(in("64.zip"), in("out.zip"), "x", "x", 1));
    CHECK(reported("64.zip: error: is a zip64 file, which Gordon cannot read"));
}

/* The checksum that packing hands over is the one that a look at the file gives. */
static void test_contents(void)
{
    long long of[3] = {CONTENT_UNKNOWN, CONTENT_UNKNOWN, CONTENT_UNKNOWN};
    const char *program = put("program", "#!/bin/sh\n");
    CHECK(chmod(program, 0755) == 0);
    const struct pack_entry entries[] = {
        {.name = "a", .source = put("empty", ""), .content = &of[0]},
        {.name = "b", .source = program, .executable = true, .content = &of[1]},
        {.name = "c", .source = put("text", "text\n"), .content = &of[2]},
        {.name = "d", .source = in("text")},
    };
    CHECK(zip_write(in("contents.zip"), entries, countof(entries)));
    for (size_t i = 0; i < countof(of); i++)
        CHECK(of[i] != CONTENT_UNKNOWN && of[i] == content_of(entries[i].source, NULL));
    CHECK(of[0] != of[1] && of[1] != of[2]);
}

int main(void)
{
    setenv("TZ", "UTC0", 1);
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!mkdtemp(folder))
        fatal("%s:", folder);
    arena = arena_new();
    test_contents();
    test_same_bytes();
    test_untouched();
    test_empty();
    test_refused();
    test_all_errors_shown();
    test_short_write();
    test_add();
    test_set_comment();
    test_merge();
    test_replace();
    test_broken();
    test_comment();
    test_zip64();
    CHECK(zip_library()[0] == '1' && zip_library()[1] == '.');
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
