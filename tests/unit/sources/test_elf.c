#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "check.h"
#include "sources/elf.h"

static struct arena *arena;

/* --- a file that this test makes ------------------------------------------------------------- */

enum { MADE_SIZE = 0x400, MADE_BASE = 0x10000 }; /* the address of its first byte */

static struct made {
    unsigned char data[MADE_SIZE];
    int bits;
} made;

static void put(size_t offset, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        made.data[offset + i] = (unsigned char)(value >> (8 * i));
}

static void put_program_header(size_t index, uint64_t type, uint64_t offset, uint64_t size)
{
    size_t word = made.bits == 64 ? 8 : 4, at = 64 + index * (made.bits == 64 ? 56 : 32);
    put(at, type, 4);
    put(at + (made.bits == 64 ? 8 : 4), offset, word);
    put(at + (made.bits == 64 ? 16 : 8), MADE_BASE + offset, word);
    put(at + (made.bits == 64 ? 32 : 16), size, word);
}

static void put_dynamic(size_t index, uint64_t tag, uint64_t value)
{
    size_t word = made.bits == 64 ? 8 : 4, at = 0x140 + index * 2 * word;
    put(at, tag, word);
    put(at + word, value, word);
}

/* Strings at 0x200, versions at 0x280, the name of the loader at 0x300. */
static void make(int bits)
{
    static const char strings[] =
        "\0libone.so.1\0libtwo.so\0$ORIGIN/lib:/opt\0GLIBC_2.17\0GLIBC_2.34";
    size_t word = bits == 64 ? 8 : 4;
    memset(&made, 0, sizeof made);
    made.bits = bits;
    memcpy(made.data, "\177ELF", 4);
    put(4, bits / 32, 1), put(5, 1, 1), put(6, 1, 1); /* class, little-endian, version */
    put(16, 3, 2), put(18, 62, 2);                    /* ET_DYN, EM_X86_64 */
    put(bits == 64 ? 32 : 28, 64, word);
    put(bits == 64 ? 54 : 42, bits == 64 ? 56 : 32, 2), put(bits == 64 ? 56 : 44, 3, 2);
    put_program_header(0, 1, 0, MADE_SIZE);
    put_program_header(1, 2, 0x140, 0xc0);
    put_program_header(2, 3, 0x300, 16);
    put_dynamic(0, 1, 1), put_dynamic(1, 1, 13);
    put_dynamic(2, 29, 23);
    put_dynamic(3, 5, MADE_BASE + 0x200), put_dynamic(4, 10, sizeof strings);
    put_dynamic(5, 0x6ffffffe, MADE_BASE + 0x280), put_dynamic(6, 0x6fffffff, 1);
    memcpy(made.data + 0x200, strings, sizeof strings);
    put(0x280, 1, 2), put(0x282, 2, 2), put(0x284, 1, 4), put(0x288, 16, 4);
    put(0x290 + 8, 40, 4), put(0x290 + 12, 16, 4);
    put(0x2a0 + 8, 51, 4);
    memcpy(made.data + 0x300, "/lib64/ld.so.2", 15);
}

static bool parse(struct elf *elf)
{
    return !elf_parse(arena, made.data, sizeof made.data, elf);
}

/* Returns whether the made file with `value` at `offset` causes this message. */
static bool faulty(size_t offset, uint64_t value, size_t size, const char *fault)
{
    struct elf elf;
    make(64);
    put(offset, value, size);
    const char *said = elf_parse(arena, made.data, sizeof made.data, &elf);
    if (said && strcmp(said, fault) == 0)
        return true;
    fprintf(stderr, "  %s\n", said ? said : "nothing");
    return false;
}

static void test_made(int bits)
{
    struct elf elf;
    make(bits);
    if (!CHECK(parse(&elf)))
        return;
    CHECK(elf.bits == bits && elf.machine == 62 && elf.runs);
    CHECK(elf.interpreter && strcmp(elf.interpreter, "/lib64/ld.so.2") == 0);
    CHECK(elf.nneeded == 2 && strcmp(elf.needed[0], "libone.so.1") == 0 &&
          strcmp(elf.needed[1], "libtwo.so") == 0);
    CHECK(!elf.rpath && elf.runpath && strcmp(elf.runpath, "$ORIGIN/lib:/opt") == 0);
    CHECK(elf.nversions == 2 && strcmp(elf.versions[0], "GLIBC_2.17") == 0 &&
          strcmp(elf.versions[1], "GLIBC_2.34") == 0);
    put_dynamic(2, 15, 23);
    CHECK(parse(&elf) && elf.rpath && !elf.runpath);
}

static void test_faults(void)
{
    static const char broken[] = "is a broken ELF file, or cut off";
    CHECK(faulty(0, 0, 1, "is no ELF file"));
    CHECK(faulty(4, 0, 1, "is an ELF file of neither 32 nor 64 bits"));
    CHECK(faulty(4, 3, 1, "is an ELF file of neither 32 nor 64 bits"));
    CHECK(faulty(5, 2, 1, "is an ELF file of a big-endian machine"));
    CHECK(faulty(32, UINT64_MAX - 8, 8, broken));             /* program headers far outside */
    CHECK(faulty(54, 8, 2, broken));                          /* too small */
    CHECK(faulty(56, 0xffff, 2, broken));                     /* too many */
    CHECK(faulty(64 + 32, MADE_SIZE + 1, 8, broken));         /* a segment longer than the file */
    CHECK(faulty(64 + 8, UINT64_MAX, 8, broken));             /* a segment after its end */
    CHECK(faulty(0x140 + 8, UINT64_MAX, 8, broken));          /* a name outside of the strings */
    CHECK(faulty(0x140 + 3 * 16 + 8, 1, 8, broken));          /* strings at no address */
    CHECK(faulty(0x140 + 4 * 16 + 8, UINT64_MAX, 8, broken)); /* strings of the size of memory */
    CHECK(faulty(0x140 + 4 * 16 + 8, 20, 8, broken));         /* a name without an end */
    CHECK(faulty(0x140 + 5 * 16 + 8, UINT64_MAX, 8, broken)); /* versions at no address */
    CHECK(faulty(0x288, UINT32_MAX, 4, broken));              /* their list outside of the file */
    CHECK(faulty(0x290 + 8, 4000, 4, broken));                /* a version's name */
    CHECK(faulty(64 + 2 * 56 + 32, 10, 8, broken));           /* a loader without an end */
    struct elf elf;
    make(64), put(16, 1, 2); /* an object file */
    CHECK(parse(&elf) && !elf.runs);
    make(64), put(56, 0, 2); /* without program headers */
    CHECK(parse(&elf) && !elf.nneeded && !elf.interpreter);
    CHECK(elf_parse(arena, "", 0, &elf) && elf_parse(arena, "\177ELF", 4, &elf));
}

/* Lists with a cycle end. */
static void test_endless(void)
{
    make(64);
    put(0x282, 0xffff, 2), put(0x28c, 1, 4), put(0x290 + 12, 0, 4);
    struct elf elf;
    parse(&elf);
    make(64);
    put(0x282, 0xffff, 2), put(0x290 + 12, 1, 4);
    parse(&elf);
    CHECK(true); /* the call returned, and ASan found no error */
}

/* Parses a large file: the made one, then `size` bytes of a dynamic section or a list of versions.
 */
static const char *parse_with(const unsigned char *more, size_t size)
{
    struct elf elf;
    unsigned char *data = malloc(MADE_SIZE + size);
    memcpy(data, made.data, MADE_SIZE);
    memcpy(data + MADE_SIZE, more, size);
    const char *fault = elf_parse(arena, data, MADE_SIZE + size, &elf);
    free(data);
    return fault;
}

static void test_more_than_any_program_has(void)
{
    enum { COUNT = 5000, ENTRY = 16 };
    static unsigned char needed[(COUNT + 8) * ENTRY], versions[COUNT * ENTRY];
    make(64);
    memcpy(needed, made.data + 0x140, 7 * ENTRY);
    put_program_header(1, 2, MADE_SIZE, 1000 * ENTRY);
    for (size_t i = 7; i < COUNT; i++)
        memcpy(needed + i * ENTRY, made.data + 0x140, ENTRY);
    CHECK(!parse_with(needed, sizeof needed));
    put_program_header(1, 2, MADE_SIZE, COUNT * ENTRY);
    CHECK(parse_with(needed, sizeof needed));
    make(64); /* each has a next one, except the last */
    put_program_header(0, 1, 0, MADE_SIZE + sizeof versions);
    put_dynamic(5, 0x6ffffffe, MADE_BASE + MADE_SIZE);
    for (size_t i = 0; i + 1 < COUNT; i++)
        versions[i * ENTRY + 12] = i == 1000 ? 0 : ENTRY;
    CHECK(!parse_with(versions, sizeof versions));
    versions[1000 * ENTRY + 12] = ENTRY;
    CHECK(parse_with(versions, sizeof versions));
}

/* --- broken files ----------------------------------------------------------------------------- */

/* Parses a copy of exactly this size, so that ASan finds a read after its end. */
static bool reads(const void *data, size_t len)
{
    struct arena *own = arena_new();
    struct elf elf;
    void *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    bool ok = !elf_parse(own, copy, len, &elf);
    for (size_t i = 0; ok && i < elf.nneeded; i++)
        ok = strlen(elf.needed[i]) < len; /* each string has an end */
    for (size_t i = 0; ok && i < elf.nversions; i++)
        ok = strlen(elf.versions[i]) < len;
    free(copy);
    arena_free(own);
    return ok;
}

static uint32_t seed = 1;

static uint32_t next_random(void)
{
    return seed = seed * 1664525 + 1013904223;
}

/* Every shorter file, and every byte changed to several values. */
static void test_made_broken(int bits)
{
    size_t good = 0;
    make(bits);
    for (size_t len = 0; len < MADE_SIZE; len++)
        good += reads(made.data, len);
    CHECK(good == 0); /* the first segment is the whole file */
    for (size_t i = 0; i < MADE_SIZE; i++)
        for (int value = 0; value < 256; value += 17) {
            unsigned char kept = made.data[i];
            made.data[i] = (unsigned char)value;
            good += reads(made.data, MADE_SIZE);
            made.data[i] = kept;
        }
    CHECK(good > 0);
}

static void test_random(int bits)
{
    size_t good = 0;
    for (int round = 0; round < 20000; round++) {
        make(bits);
        for (uint32_t n = next_random() >> 28; n > 0; n--)
            made.data[(next_random() >> 8) % MADE_SIZE] = (unsigned char)(next_random() >> 24);
        good += reads(made.data, MADE_SIZE);
    }
    CHECK(good > 0);
}

/* --- real files ------------------------------------------------------------------------------- */

static bool contains(const char **strings, size_t n, const char *prefix)
{
    for (size_t i = 0; i < n; i++)
        if (str_starts(strings[i], prefix))
            return true;
    return false;
}

static void test_real(const char *path)
{
    struct elf elf;
    const char *fault = elf_read(arena, path, &elf);
    if (!CHECK(!fault)) {
        fprintf(stderr, "  %s %s\n", path, fault);
        return;
    }
    CHECK(elf.runs && elf.bits == 8 * (int)sizeof(void *));
    if (elf.interpreter) {
        CHECK(file_look(elf.interpreter) != FILE_MISSING);
        CHECK(contains(elf.needed, elf.nneeded, "libc."));
        CHECK(!contains(elf.needed, elf.nneeded, "libc.so.6") ||
              contains(elf.versions, elf.nversions, "GLIBC_2."));
    }
}

/* Shorter copies of a real file, and random changes of its head and its dynamic parts. */
static void test_real_broken(const char *path)
{
    size_t len, good = 0;
    char *data = file_read(arena, path, &len);
    if (!CHECK(data && len > 4096))
        return;
    for (size_t cut = 0; cut < 4096; cut++)
        good += reads(data, cut);
    for (size_t cut = 4096; cut < len; cut += len / 100 + 1)
        good += reads(data, cut);
    for (int round = 0; round < 1000; round++) {
        size_t at = (round % 2 ? next_random() % 1024 : next_random() % len);
        char kept = data[at];
        data[at] = (char)(next_random() >> 24);
        good += reads(data, len);
        data[at] = kept;
    }
    CHECK(good > 0);
}

static void test_no_elf(void)
{
    struct elf elf;
    CHECK(elf_read(arena, "/nowhere", &elf));
    CHECK(strcmp(elf_read(arena, ".", &elf), "is no file") == 0);
    CHECK(strcmp(elf_read(arena, "/dev/null", &elf), "is no file") == 0);
    CHECK(file_write("empty", "", 0, 0644) &&
          file_write("script", "#!/bin/sh\nexit 1 # 20\n", 22, 0755));
    CHECK(strcmp(elf_read(arena, "empty", &elf), "is empty") == 0);
    CHECK(strcmp(elf_read(arena, "script", &elf), "is no ELF file") == 0);
}

static void test_machines(void)
{
    struct elf elf = {.bits = 64, .machine = 62};
    CHECK(strcmp(elf_machine(&elf)->name, "x86_64") == 0);
    elf.machine = 183;
    CHECK(strcmp(elf_machine_name(arena, &elf), "arm64") == 0);
    elf = (struct elf){.bits = 32, .machine = 62};
    CHECK(!elf_machine(&elf) && strcmp(elf_machine_name(arena, &elf), "x32") == 0);
    elf.machine = 999;
    CHECK(strcmp(elf_machine_name(arena, &elf), "machine 999 of 32 bits") == 0);
}

int main(int argc, char *argv[])
{
    (void)argc;
    char folder[] = "/tmp/gordon-test-elf-XXXXXX";
    arena = arena_new();
    const char *self = path_absolute(arena, argv[0]);
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    test_made(64), test_made(32);
    test_faults();
    test_endless();
    test_more_than_any_program_has();
    test_made_broken(64), test_made_broken(32);
    test_random(64), test_random(32);
    test_real("/bin/sh"), test_real(self);
    test_real_broken("/bin/sh");
    test_no_elf();
    test_machines();
    remove_path(folder);
    arena_free(arena);
    return check_result();
}
