/* The bytes that zip_write writes, and how other programs read them: by the central directory, and
 * from the front through a pipe, as bsdtar and Java's ZipInputStream do. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"

static char folder[] = "/tmp/gordon-test-zip-write-XXXXXX";
static struct arena *arena;

static const char *put(const char *name, const void *content, size_t len)
{
    CHECK(file_write(name, content, len, 0644));
    return name;
}

static const unsigned char *get(const char *name, size_t *len)
{
    const char *data = file_read(arena, name, len);
    CHECK(data != NULL);
    return (const unsigned char *)data;
}

/* Writes a file of bytes that cannot be compressed. Returns its name. */
static const char *noise(const char *name, size_t len)
{
    char *data = malloc(len + 1);
    unsigned long long x = 88172645463325252;
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        data[i] = (char)(x >> 32);
    }
    put(name, data, len);
    free(data);
    return name;
}

static const char *repeated(const char *name, const char *word, size_t times)
{
    struct buf text = {0};
    for (size_t i = 0; i < times; i++)
        buf_adds(&text, word);
    put(name, text.data, text.len);
    buf_free(&text);
    return name;
}

/* Returns whether the archive has these entries, with these contents. */
static bool has_entries(struct archive *zip, const struct pack_entry *entries, size_t n)
{
    struct archive_entry *entry;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        size_t len;
        const unsigned char *content = get(entries[i].source, &len);
        char *found = malloc(len + 1);
        ok = archive_read_next_header(zip, &entry) == ARCHIVE_OK &&
             strcmp(archive_entry_pathname_utf8(entry), entries[i].name) == 0 &&
             archive_entry_mode(entry) == (AE_IFREG | (entries[i].executable ? 0755 : 0644)) &&
             archive_entry_mtime(entry) == 315532800 &&
             archive_read_data(zip, found, len + 1) == (la_ssize_t)len &&
             memcmp(found, content, len) == 0;
        free(found);
        if (!ok)
            fprintf(stderr, "  %s: %s\n", entries[i].name, archive_error_string(zip));
    }
    return ok && archive_read_next_header(zip, &entry) == ARCHIVE_EOF;
}

static bool read_by_directory(const char *zip, const struct pack_entry *entries, size_t n)
{
    struct archive *in = archive_read_new();
    archive_read_support_format_zip_seekable(in);
    bool ok =
        archive_read_open_filename(in, zip, 10240) == ARCHIVE_OK && has_entries(in, entries, n);
    archive_read_free(in);
    return ok;
}

/* Modes are in the central directory only, so this reader has a default mode. */
static bool read_from_the_front(const char *zip, const struct pack_entry *entries, size_t n)
{
    struct archive *in = archive_read_new();
    struct archive_entry *entry;
    size_t found = 0;
    FILE *pipe = popen(arena_printf(arena, "cat %s", zip), "r");
    archive_read_support_format_zip_streamable(in);
    bool ok = archive_read_open_fd(in, fileno(pipe), 512) == ARCHIVE_OK;
    for (; ok && archive_read_next_header(in, &entry) == ARCHIVE_OK; found++) {
        struct stat st;
        ok = found < n && strcmp(archive_entry_pathname_utf8(entry), entries[found].name) == 0 &&
             stat(entries[found].source, &st) == 0 && archive_entry_size_is_set(entry) &&
             archive_entry_size(entry) == st.st_size && archive_read_data_skip(in) == ARCHIVE_OK;
    }
    archive_read_free(in);
    pclose(pipe); /* cat may fail, because nobody reads the central directory */
    return ok && found == n;
}

/* Returns whether Python, unzip and bsdtar, if installed, accept the zip. */
static bool others_read(const char *zip)
{
    static const char script[] =
        "if command -v unzip; then unzip -tqq $1 || test $(wc -c < $1) = 22; fi &&\n"
        "if command -v bsdtar; then cat $1 | bsdtar -tf -; fi &&\n"
        "if command -v python3; then python3 -c 'import sys, zipfile\n"
        "zip = zipfile.ZipFile(sys.argv[1])\n"
        "sys.exit(zip.testzip() is not None or any(i.date_time != (1980, 1, 1, 0, 0, 0) or i.extra "
        "or i.create_system != 3 for i in zip.infolist()))' $1; fi\n";
    put("others", script, strlen(script));
    return system(arena_printf(arena, "sh others %s >said 2>&1", zip)) == 0;
}

static bool is_read(const char *zip, const struct pack_entry *entries, size_t n)
{
    return read_by_directory(zip, entries, n) && read_from_the_front(zip, entries, n) &&
           others_read(zip);
}

/* All bytes of a zip with one empty file. */
static void test_bytes(void)
{
    static const unsigned char expected[] =
        "PK\3\4\24\0\0\10\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\xC3\xBC"
        "PK\1\2\24\3\24\0\0\10\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\xED"
        "\x81"
        "\0\0\0\0\xC3\xBC"
        "PK\5\6\0\0\0\0\1\0\1\0\60\0\0\0\40\0\0\0\0";
    const struct pack_entry entry = {"ü", put("none", "", 0), .executable = true};
    size_t len;
    CHECK(zip_write("one.zip", &entry, 1));
    const unsigned char *found = get("one.zip", &len);
    CHECK(len == sizeof expected && memcmp(found, expected, len) == 0);
    CHECK(zip_write("empty.zip", NULL, 0));
    found = get("empty.zip", &len);
    CHECK(others_read("empty.zip"));
    CHECK(len == 22 && memcmp(found, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", len) == 0);
}

static void test_content(void)
{
    const struct pack_entry entries[] = {
        {"a/none", put("none", "", 0)},
        {"a/one", put("one", "1", 1), .executable = true},
        {"b",
         repeated("text", "words, words and more words\n", 50000)}, /* larger than all buffers */
        {"c", noise("noise", 1 << 20)},
        {"d", noise("block", 64 * 1024)}, /* as much as one read */
        {"e", noise("less", 64 * 1024 - 1)},
        {"f", noise("more", 64 * 1024 + 1)},
        {"grün/構築", put("ascii", "ascii", 5)},
    };
    size_t len;
    CHECK(zip_write("all.zip", entries, countof(entries)));
    CHECK(is_read("all.zip", entries, countof(entries)));
    get("all.zip", &len);
    CHECK(len > (1 << 20) &&
          len < (1 << 20) + 300000); /* the noise is stored, and the rest is small */
    for (size_t i = 0; i < countof(entries); i++) {
        CHECK(zip_write("some.zip", &entries[i], 1) && is_read("some.zip", &entries[i], 1));
        CHECK(zip_write("some.zip", entries, i + 1) && is_read("some.zip", entries, i + 1));
    }
}

/* Headers at all positions around the end of the buffer: they are changed in memory, in the file,
 * or in both. */
static void test_places(void)
{
    struct pack_entry entries[] = {{"a", "front"}, {"b", put("small", "small, small, small", 19)}};
    for (size_t len = 65536 - 120; len < 65536 + 10; len++) {
        noise("front", len);
        CHECK(zip_write("places.zip", entries, 2) && read_from_the_front("places.zip", entries, 2));
    }
}

/* The bytes of a zip do not depend on the zip before. */
static void test_nothing_left(void)
{
    const struct pack_entry entries[] = {{"a", repeated("text", "one two three\n", 9000)},
                                         {"b", repeated("other", "three two one\n", 900)}};
    size_t n, m;
    CHECK(zip_write("first.zip", &entries[1], 1));
    CHECK(zip_write("both.zip", entries, 2) && zip_write("second.zip", &entries[1], 1));
    const unsigned char *first = get("first.zip", &n), *second = get("second.zip", &m);
    CHECK(n == m && memcmp(first, second, n) == 0);
}

static void test_many(void)
{
    enum { MANY = 10000 };
    struct pack_entry *entries = arena_alloc(arena, 65535 * sizeof *entries);
    const char *source = put("small", "small", 5);
    for (size_t i = 0; i < 65535; i++)
        entries[i] = (struct pack_entry){arena_printf(arena, "folder/%05zu", i), source,
                                         .executable = i % 2};
    CHECK(zip_write("many.zip", entries, MANY) && is_read("many.zip", entries, MANY));
    CHECK(!zip_write("no.zip", entries, 65535) && file_look("no.zip") == FILE_MISSING);
    diag_flush();
}

/* The digest that an entry must have. */
static void test_digest(void)
{
    char sha256[SHA256_HEX];
    sha256_text("small", sha256);
    struct pack_entry entry = {"a", put("small", "small", 5), .sha256 = sha256};
    CHECK(zip_write("digest.zip", &entry, 1) && remove_path("digest.zip"));
    put("small", "smell", 5);
    CHECK(!zip_write("digest.zip", &entry, 1) && file_look("digest.zip") == FILE_MISSING);
    diag_flush();
}

static bool leaves_nothing(const char *path)
{
    size_t n;
    char **names = file_list(arena, ".", &n);
    for (size_t i = 0; names && i < n; i++)
        if (str_starts(names[i], path))
            return false;
    return names;
}

/* The disk is full at the last bytes, which are written when all entries are in the zip. */
static void test_full_at_the_end(void)
{
    struct pack_entry entry = {"a", noise("noise", 300000)};
    struct stat st;
    CHECK(zip_write("full.zip", &entry, 1) && stat("full.zip", &st) == 0 &&
          remove_path("full.zip"));
    pid_t pid = fork();
    if (pid == 0) {
        const struct rlimit limit = {(rlim_t)st.st_size - 1, (rlim_t)st.st_size - 1};
        signal(SIGXFSZ, SIG_IGN);
        bool failed = setrlimit(RLIMIT_FSIZE, &limit) == 0 && !zip_write("full.zip", &entry, 1);
        _exit(failed && leaves_nothing("full.zip") ? 0 : 1);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(void)
{
    setenv("TZ", "UTC0", 1);
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!mkdtemp(folder) || chdir(folder) != 0)
        fatal("%s:", folder);
    arena = arena_new();
    test_bytes();
    test_content();
    test_places();
    test_nothing_left();
    test_many();
    test_digest();
    test_full_at_the_end();
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
