/* Everything is located by the program headers, as the loader does it, and not by the section
 * headers, which a stripped file need not have.
 *
 * Sources: "Tool Interface Standard (TIS) Executable and Linking Format (ELF) Specification"; for
 * symbol versions, "Linux Standard Base Core Specification", 10.7. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "sources/elf.h"

enum { LITTLE_ENDIAN_DATA = 1, TYPE_EXEC = 2, TYPE_DYN = 3 };       /* e_ident[5], e_type */
enum { SEGMENT_LOAD = 1, SEGMENT_DYNAMIC = 2, SEGMENT_INTERP = 3 }; /* p_type */
/* No real program has more. A hostile file must not use up all memory. */
enum { STRINGS_MAX = 4096, TEXT_MAX = 1024 * 1024, SEGMENTS_MAX = 4096 };

enum tag {
    TAG_NULL = 0,
    TAG_NEEDED = 1,
    TAG_STRTAB = 5,
    TAG_STRSZ = 10,
    TAG_SONAME = 14,
    TAG_RPATH = 15,
    TAG_RUNPATH = 29,
    TAG_FLAGS_1 = 0x6ffffffb,
    TAG_VERNEED = 0x6ffffffe,
};

enum { FLAG_1_PIE = 0x08000000 }; /* of TAG_FLAGS_1: a program, and no library */

/* The offsets of fields in files of 32 and of 64 bits, which have the same fields. */
static const struct layout {
    unsigned word; /* size of an address, of an offset and of half a dynamic entry */
    unsigned phoff, phentsize, phnum;             /* in the file's header */
    unsigned offset, vaddr, filesz, program_size; /* in a program header */
} layouts[] = {
    {4, 28, 42, 44, 4, 8, 16, 32},
    {8, 32, 54, 56, 8, 16, 32, 56},
};

struct segment {
    uint64_t offset, address, size;
};

struct image {
    struct arena *arena;
    const unsigned char *data;
    size_t len;
    const struct layout *layout;
    bool broken; /* something is outside of the file or exceeds a limit */
    struct segment *loads;
    size_t nloads;
    struct segment dynamic, interpreter; /* size 0: there is none */
    struct segment strings;
    size_t taken; /* bytes of all texts so far */
};

/* Reads a number of `size` bytes. Returns 0 and sets `broken` if it is outside of the file. */
static uint64_t number(struct image *image, uint64_t offset, unsigned size)
{
    uint64_t value = 0;
    if (offset > image->len || size > image->len - offset) {
        image->broken = true;
        return 0;
    }
    for (unsigned i = size; i-- > 0;)
        value = value << 8 | image->data[offset + i];
    return value;
}

/* The NUL-terminated text at `offset`, which must end before `end`. */
static const char *text(struct image *image, uint64_t offset, uint64_t end)
{
    if (end > image->len || offset >= end) {
        image->broken = true;
        return "";
    }
    const char *start = (const char *)image->data + offset;
    size_t room = (size_t)(end - offset), len = strnlen(start, room);
    image->taken += len;
    if (len == room || image->taken > TEXT_MAX) {
        image->broken = true;
        return "";
    }
    return arena_strndup(image->arena, start, len);
}

/* A text of the dynamic string table. */
static const char *string(struct image *image, uint64_t index)
{
    if (index >= image->strings.size) {
        image->broken = true;
        return "";
    }
    return text(image, image->strings.offset + index, image->strings.offset + image->strings.size);
}

/* The offset in the file of an address in memory. */
static uint64_t offset_of(struct image *image, uint64_t address)
{
    for (size_t i = 0; i < image->nloads; i++) {
        uint64_t within = address - image->loads[i].address;
        if (address >= image->loads[i].address && within < image->loads[i].size)
            return image->loads[i].offset + within;
    }
    image->broken = true;
    return 0;
}

static void push_string(struct image *image, const char ***strings, size_t *n, const char *value)
{
    if (*n == STRINGS_MAX)
        image->broken = true;
    if (!image->broken)
        array_push(image->arena, *strings, *n, value);
}

static const char *read_header(struct image *image, struct elf *elf)
{
    static const char magic[] = "\177ELF";
    if (image->len < 20 || memcmp(image->data, magic, strlen(magic)) != 0)
        return "is no ELF file";
    unsigned class = image->data[4]; /* 1: 32 bits, 2: 64 */
    if (class < 1 || class > countof(layouts))
        return "is an ELF file of neither 32 nor 64 bits";
    if (image->data[5] != LITTLE_ENDIAN_DATA)
        return "is an ELF file of a big-endian machine";
    unsigned type = (unsigned)number(image, 16, 2);
    image->layout = &layouts[class - 1];
    *elf = (struct elf){
        .bits = 32 * (int)class,
        .machine = (unsigned)number(image, 18, 2),
        .runs = type == TYPE_EXEC || type == TYPE_DYN,
        .program = type == TYPE_EXEC,
    };
    return NULL;
}

static void read_segments(struct image *image)
{
    const struct layout *l = image->layout;
    uint64_t table = number(image, l->phoff, l->word), size = number(image, l->phentsize, 2);
    uint64_t count = number(image, l->phnum, 2);
    if (count && (size < l->program_size || count > SEGMENTS_MAX))
        image->broken = true;
    for (uint64_t i = 0; !image->broken && i < count; i++) {
        uint64_t header = table + i * size;
        struct segment segment = {
            .offset = number(image, header + l->offset, l->word),
            .address = number(image, header + l->vaddr, l->word),
            .size = number(image, header + l->filesz, l->word),
        };
        uint64_t type = number(image, header, 4);
        if (segment.size > image->len || segment.offset > image->len - segment.size)
            image->broken |= type <= SEGMENT_INTERP && type != 0;
        else if (type == SEGMENT_LOAD)
            array_push(image->arena, image->loads, image->nloads, segment);
        else if (type == SEGMENT_DYNAMIC)
            image->dynamic = segment;
        else if (type == SEGMENT_INTERP)
            image->interpreter = segment;
    }
}

/* Calls `found` with every entry of the dynamic section. */
static void each_dynamic(struct image *image, struct elf *elf,
                         void (*found)(struct image *, struct elf *, uint64_t, uint64_t))
{
    unsigned word = image->layout->word;
    for (uint64_t at = 0; !image->broken && at + 2 * word <= image->dynamic.size; at += 2 * word) {
        uint64_t tag = number(image, image->dynamic.offset + at, word);
        if (tag == TAG_NULL)
            return;
        found(image, elf, tag, number(image, image->dynamic.offset + at + word, word));
    }
}

static void find_strings(struct image *image, struct elf *elf, uint64_t tag, uint64_t value)
{
    (void)elf;
    if (tag == TAG_STRTAB)
        image->strings.offset = offset_of(image, value);
    else if (tag == TAG_STRSZ)
        image->strings.size = value;
}

static void read_string(struct image *image, struct elf *elf, uint64_t tag, uint64_t value)
{
    if (tag == TAG_NEEDED)
        push_string(image, &elf->needed, &elf->nneeded, string(image, value));
    else if (tag == TAG_SONAME)
        elf->soname = string(image, value);
    else if (tag == TAG_FLAGS_1)
        elf->program = elf->program || (value & FLAG_1_PIE);
    else if (tag == TAG_RPATH)
        elf->rpath = string(image, value);
    else if (tag == TAG_RUNPATH)
        elf->runpath = string(image, value);
}

/* The versions of one library's symbols: a list of Elf32_Vernaux, also in files of 64 bits. */
static void read_auxiliaries(struct image *image, struct elf *elf, uint64_t at, uint64_t count)
{
    for (uint64_t i = 0; !image->broken && i < count; i++) {
        uint64_t next = number(image, at + 12, 4);
        push_string(image, &elf->versions, &elf->nversions,
                    string(image, number(image, at + 8, 4)));
        at += next;
        if (!next)
            return;
    }
}

/* A list of Elf32_Verneed, one for each library, also in files of 64 bits. */
static void read_versions(struct image *image, struct elf *elf, uint64_t tag, uint64_t value)
{
    if (tag != TAG_VERNEED)
        return;
    uint64_t at = offset_of(image, value), next = 1;
    for (size_t i = 0; !image->broken && next; i++, at += next) {
        uint64_t count = number(image, at + 2, 2);
        next = number(image, at + 12, 4);
        if (i == STRINGS_MAX)
            image->broken = true;
        else
            read_auxiliaries(image, elf, at + number(image, at + 8, 4), count);
    }
}

const char *elf_parse(struct arena *arena, const void *data, size_t len, struct elf *elf)
{
    struct image image = {.arena = arena, .data = data, .len = len};
    const char *fault = read_header(&image, elf);
    if (fault)
        return fault;
    read_segments(&image);
    each_dynamic(&image, elf, find_strings);
    each_dynamic(&image, elf, read_string);
    each_dynamic(&image, elf, read_versions);
    if (!image.broken && image.interpreter.size)
        elf->interpreter = text(&image, image.interpreter.offset,
                                image.interpreter.offset + image.interpreter.size);
    elf->program = elf->program || elf->interpreter;
    return image.broken ? "is a broken ELF file, or cut off" : NULL;
}

/* Maps the file because only little of a large file is read. */
static const char *read_file(struct arena *arena, int fd, struct elf *elf)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return arena_printf(arena, "cannot be read: %s", strerror(errno));
    if (!S_ISREG(st.st_mode))
        return "is no file";
    if (st.st_size == 0)
        return "is empty";
    void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return arena_printf(arena, "cannot be read: %s", strerror(errno));
    const char *fault = elf_parse(arena, data, (size_t)st.st_size, elf);
    munmap(data, (size_t)st.st_size);
    return fault;
}

const char *elf_read(struct arena *arena, const char *path, struct elf *elf)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* does not wait for a pipe */
    if (fd < 0)
        return arena_printf(arena, "cannot be read: %s", strerror(errno));
    const char *fault = read_file(arena, fd, elf);
    close(fd);
    return fault;
}

const struct elf_machine *elf_machine(const struct elf *elf)
{
    static const struct elf_machine machines[] = {
        {62, 64, "x86_64", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2"},
        {183, 64, "arm64", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1"},
    };
    for (size_t i = 0; i < countof(machines); i++)
        if (machines[i].machine == elf->machine && machines[i].bits == elf->bits)
            return &machines[i];
    return NULL;
}

const char *elf_machine_name(struct arena *arena, const struct elf *elf)
{
    static const struct {
        unsigned machine;
        int bits;
        const char *name;
    } others[] = {{3, 32, "i386"},      {40, 32, "arm"},      {62, 32, "x32"},
                  {243, 32, "riscv32"}, {243, 64, "riscv64"}, {21, 64, "ppc64le"}};
    const struct elf_machine *machine = elf_machine(elf);
    if (machine)
        return machine->name;
    for (size_t i = 0; i < countof(others); i++)
        if (others[i].machine == elf->machine && others[i].bits == elf->bits)
            return others[i].name;
    return arena_printf(arena, "machine %u of %d bits", elf->machine, elf->bits);
}
