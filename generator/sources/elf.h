/* elf.h - reads from a program or shared library in ELF format which libraries it needs.
 *
 * No other tool is run for that, so files for other machines can be read too, and nothing in a file
 * is ever executed. A file may be truncated or hostile. */
#ifndef SOURCES_ELF_H
#define SOURCES_ELF_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct elf {
    int bits;                /* 32 or 64 */
    unsigned machine;        /* e_machine */
    bool runs;               /* a program or a shared library, not an object file or a core dump */
    bool program;            /* a program, and no shared library */
    const char *interpreter; /* the dynamic loader that starts it, or NULL */
    const char *soname;      /* DT_SONAME: the name by which others need a library; or NULL */
    const char **needed;     /* DT_NEEDED, in order */
    size_t nneeded;
    const char *rpath, *runpath; /* unchanged, with ':' and $ORIGIN; or NULL */
    const char **versions;       /* of the symbols that it needs: "GLIBC_2.34" */
    size_t nversions;
};

/* A machine that Lambda offers. */
struct elf_machine {
    unsigned machine;
    int bits;
    const char *name;        /* the value of the setting 'architecture' */
    const char *multiarch;   /* the name of its folder in /lib and /usr/lib on Debian */
    const char *interpreter; /* the loader of its glibc */
};

/* Reads a file into `elf`, whose strings live as long as `arena`. Returns NULL, or what is wrong
 * with the file, such as "is no ELF file"; `elf` is then undefined. */
const char *elf_read(struct arena *arena, const char *path, struct elf *elf);
/* Does the same as elf_read for `len` bytes in memory. */
const char *elf_parse(struct arena *arena, const void *data, size_t len, struct elf *elf);
/* The machine that the file is for; NULL if Lambda does not offer it. */
const struct elf_machine *elf_machine(const struct elf *elf);
/* The name of that machine in messages: "x86_64", "arm64", "i386", "machine 8 of 32 bits". */
const char *elf_machine_name(struct arena *arena, const struct elf *elf);

#endif
