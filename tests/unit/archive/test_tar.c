#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/tar.h"
#include "archive/zip.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "diag_flushed.h"

static char folder[] = "/tmp/gordon-test-tar-XXXXXX";
static struct arena *arena;
static const char long_name[] =
    "code/a_name_that_is_longer_than_the_hundred_bytes_which_the_header_of_a_tar_had_in_the_"
    "beginning_for_the_whole_of_it.zip";

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

/* Returns whether the messages since the last call contain `text`. */
static bool reported(const char *text)
{
    const char *message = diag_flushed(arena, in("stderr"));
    unlink(in("stderr"));
    if (message && strstr(message, text))
        return true;
    fprintf(stderr, "  not in the report: %s\n  which is: %s", text, message ? message : "");
    return false;
}

static bool write_some(const char *name)
{
    const struct pack_entry entries[] = {
        {"0001_p.json", put("a", "{}\n")},
        {"code/\xc3\xa9.zip", put("b", "zip")},
        {long_name, put("c", "")},
        {"manifest.json", put("d", "a text of some length, a text of some length\n")},
    };
    const struct pack_entry sorted[] = {entries[0], entries[2], entries[1], entries[3]};
    return tar_write(in(name), sorted, countof(sorted));
}

static bool unpack(const char *name, struct tar_file **files, size_t *n)
{
    CHECK(remove_path(in("to")) && file_mkdirs(in("to")));
    return tar_unpack(arena, in(name), in("to"), files, n);
}

static bool refused(const char *name, const char *text)
{
    struct tar_file *files;
    size_t n;
    return CHECK(!unpack(name, &files, &n)) && CHECK(reported(text));
}

static bool same(const char *a, const char *b)
{
    char x[SHA256_HEX], y[SHA256_HEX];
    return sha256_file(in(a), x) && sha256_file(in(b), y) && strcmp(x, y) == 0;
}

static void test_there_and_back(void)
{
    static const struct {
        const char *name, *content;
    } expected[] = {{"0001_p.json", "{}\n"},
                    {long_name, ""},
                    {"code/\xc3\xa9.zip", "zip"},
                    {"manifest.json", "a text of some length, a text of some length\n"}};
    struct tar_file *files;
    size_t n;
    CHECK(write_some("1.tar.gz"));
    if (!CHECK(unpack("1.tar.gz", &files, &n)) || !CHECK(n == countof(expected)))
        return;
    for (size_t i = 0; i < n; i++) {
        char sha256[SHA256_HEX];
        size_t len;
        char *content = file_read(arena, path_join(arena, in("to"), expected[i].name), &len);
        sha256_text(expected[i].content, sha256);
        CHECK(strcmp(files[i].name, expected[i].name) == 0);
        CHECK(files[i].size == strlen(expected[i].content));
        CHECK(strcmp(files[i].sha256, sha256) == 0);
        CHECK(content && strcmp(content, expected[i].content) == 0);
    }
}

static void test_same_bytes(void)
{
    struct stat before, after;
    CHECK(write_some("1.tar.gz"));
    CHECK(lstat(in("1.tar.gz"), &before) == 0 && (before.st_mode & 07777) == 0600);
    mode_t mask = umask(0077);
    setenv("TZ", "Asia/Kathmandu", 1);
    sleep(1); /* a time in gzip's header would differ */
    CHECK(write_some("2.tar.gz") && same("1.tar.gz", "2.tar.gz"));
    CHECK(write_some("1.tar.gz") && lstat(in("1.tar.gz"), &after) == 0);
    CHECK(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    setenv("TZ", "UTC0", 1);
    umask(mask);
    const char *locale =
        arena_strdup(arena, setlocale(LC_CTYPE, NULL)); /* of names, for libarchive */
    CHECK(setlocale(LC_CTYPE, "C") && write_some("2.tar.gz") && same("1.tar.gz", "2.tar.gz"));
    CHECK(setlocale(LC_CTYPE, "C.UTF-8") && write_some("2.tar.gz") && same("1.tar.gz", "2.tar.gz"));
    setlocale(LC_CTYPE, locale);
}

/* Other programs can read the file, and ignore the seal. */
static void test_others_read(void)
{
    CHECK(write_some("1.tar.gz"));
    CHECK(
        system(arena_printf(arena,
                            "cd %s && gzip -t 1.tar.gz && tar tzf 1.tar.gz | wc -l | grep -qx 4 &&"
                            " tar tvzf 1.tar.gz | grep -q '^-rw-r--r-- 0/0 .* 1980-01-01 '",
                            folder)) == 0);
}

/* Changes each bit of each byte, also those of gzip's header, the padding and the seal. */
static void test_every_bit(void)
{
    CHECK(write_some("1.tar.gz"));
    size_t len;
    char *bytes = file_read(arena, in("1.tar.gz"), &len);
    int fd = open(in("1.tar.gz"), O_WRONLY);
    CHECK(bytes && fd >= 0 && remove_path(in("to")) && file_mkdirs(in("to")));
    for (size_t i = 0; bytes && i < len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct tar_file *files;
            size_t n, found;
            char changed = (char)(bytes[i] ^ 1 << bit);
            CHECK(pwrite(fd, &changed, 1, (off_t)i) == 1);
            if (!CHECK(!tar_unpack(arena, in("1.tar.gz"), in("to"), &files, &n)))
                fprintf(stderr, "  byte %zu, bit %d\n", i, bit);
            CHECK(file_list(arena, in("to"), &found) && !found);
        }
        CHECK(pwrite(fd, bytes + i, 1, (off_t)i) == 1);
        CHECK(reported("1.tar.gz: error: this "));
    }
    struct tar_file *files;
    size_t n;
    CHECK(unpack("1.tar.gz", &files, &n));
    close(fd);
}

static void test_every_length(void)
{
    CHECK(write_some("1.tar.gz"));
    size_t len;
    char *bytes = file_read(arena, in("1.tar.gz"), &len);
    char *more = arena_alloc(arena, 2 * len);
    for (size_t i = 0; bytes && i < len; i++) {
        CHECK(file_write(in("2.tar.gz"), bytes, i, 0644));
        refused("2.tar.gz", "this is no release that gordon wrote, or only a part of one");
    }
    memcpy(more, bytes, len);
    for (size_t i = 1; i < 600; i += 37) {
        CHECK(file_write(in("2.tar.gz"), more, len + i, 0644)); /* zeros */
        refused("2.tar.gz", "this is no release that gordon wrote, or only a part of one");
    }
    memcpy(more + len, bytes, len);
    CHECK(file_write(in("2.tar.gz"), more, 2 * len, 0644));
    refused("2.tar.gz", "this release has changed since gordon wrote it");
    CHECK(file_write(in("2.tar.gz"), bytes + 1, len - 1, 0644));
    refused("2.tar.gz", "this release has changed since gordon wrote it");
}

/* --- files with a correct seal that gordon does not write -------------------------------- */

struct forged {
    const char *name;
    mode_t type;
    const char *link; /* symbolic for AE_IFLNK, else hard; or NULL */
};

static void seal(const char *path)
{
    char sha256[SHA256_HEX];
    size_t len;
    char *bytes = file_read(arena, path, &len);
    struct buf all = {0};
    CHECK(bytes && sha256_file(path, sha256));
    buf_add(&all, bytes, len);
    buf_add(&all, "\x1f\x8b\x08\x10\0\0\0\0\0\xff", 10);
    buf_printf(&all, "sha256=%s", sha256);
    buf_add(&all, "\0\3\0\0\0\0\0\0\0\0\0", 11);
    CHECK(file_write(path, all.data, all.len, 0644));
    buf_free(&all);
}

static void forge(const char *name, const struct forged *entries, size_t n)
{
    struct archive *tar = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    CHECK(archive_write_set_format_pax_restricted(tar) == ARCHIVE_OK &&
          archive_write_add_filter_gzip(tar) == ARCHIVE_OK &&
          archive_write_open_filename(tar, in(name)) == ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, entries[i].name);
        archive_entry_set_mode(entry, entries[i].type | 0644);
        archive_entry_set_size(entry, 0);
        if (entries[i].link && entries[i].type == AE_IFLNK)
            archive_entry_set_symlink(entry, entries[i].link);
        else if (entries[i].link)
            archive_entry_set_hardlink(entry, entries[i].link);
        CHECK(archive_write_header(tar, entry) == ARCHIVE_OK);
    }
    CHECK(archive_write_close(tar) == ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(tar);
    seal(in(name));
}

static void test_forged(void)
{
    static const struct {
        struct forged entries[2];
        const char *error;
    } cases[] = {
        {{{"a", AE_IFREG}, {"../escaped", AE_IFREG}}, "comes twice or out of order"},
        {{{"../escaped", AE_IFREG}, {"c", AE_IFREG}}, "has a part '.' or '..'"},
        {{{"a/../../escaped", AE_IFREG}, {"c", AE_IFREG}}, "has a part '.' or '..'"},
        {{{"/tmp/escaped", AE_IFREG}, {"c", AE_IFREG}}, "is empty, absolute, or has an empty part"},
        {{{"a", AE_IFREG}, {"a", AE_IFREG}}, "comes twice or out of order"},
        {{{"b", AE_IFREG}, {"a", AE_IFREG}}, "comes twice or out of order"},
        {{{"a", AE_IFLNK, "/etc/passwd"}, {"b", AE_IFREG}}, "is not a file"},
        {{{"a", AE_IFREG}, {"b", AE_IFREG, "a"}}, "is not a file"},
        {{{"a", AE_IFDIR}, {"b", AE_IFREG}}, "is not a file"},
        {{{"a", AE_IFIFO}, {"b", AE_IFREG}}, "is not a file"},
        {{{"a", AE_IFREG}, {"a/b", AE_IFREG}}, "cannot be written"},
    };
    struct tar_file *files;
    size_t n;
    forge("f.tar.gz", (const struct forged[]){{"a", AE_IFREG}, {"b/c", AE_IFREG}}, 2);
    CHECK(unpack("f.tar.gz", &files, &n) && n == 2);
    for (size_t i = 0; i < countof(cases); i++) {
        forge("f.tar.gz", cases[i].entries, countof(cases[i].entries));
        refused("f.tar.gz", cases[i].error);
    }
    CHECK(file_look(in("escaped")) == FILE_MISSING);
}

static void test_no_archive(void)
{
    put("x.tar.gz", "");
    refused("x.tar.gz", "it is too short");
    put("x.tar.gz", "no tar at all, but with a seal that is right\n");
    seal(in("x.tar.gz"));
    refused("x.tar.gz", "cannot be unpacked: ");
    refused("gone.tar.gz", "gone.tar.gz: error: cannot be read: No such file or directory");
    CHECK(mkfifo(in("fifo"), 0600) == 0);
    refused("fifo", "fifo: error: is not a file");
    refused(".", "is not a file");
}

static void test_content_changed(void)
{
    char sha256[SHA256_HEX];
    sha256_text("one", sha256);
    const struct pack_entry entry = {"a", put("a", "two"), .sha256 = sha256};
    CHECK(!tar_write(in("3.tar.gz"), &entry, 1));
    CHECK(reported("a: error: changed while it was packed"));
    CHECK(file_look(in("3.tar.gz")) == FILE_MISSING);
    put("a", "one");
    CHECK(tar_write(in("3.tar.gz"), &entry, 1));
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!mkdtemp(folder))
        fatal("%s:", folder);
    arena = arena_new();
    test_there_and_back();
    test_same_bytes();
    test_others_read();
    test_every_bit();
    test_every_length();
    test_forged();
    test_no_archive();
    test_content_changed();
    CHECK(remove_path(folder));
    arena_free(arena);
    diag_end();
    return check_result();
}
