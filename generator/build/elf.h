/* elf.h - what an ELF file of a program or a shared library says of others that it needs.
 *
 * It is read here, and no tool is run for it: of another machine it can be read as well, and
 * nothing of it is ever executed. A file may be cut off or hostile. */
#ifndef BUILD_ELF_H
#define BUILD_ELF_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct elf {
    int bits;                /* 32 or 64 */
    unsigned machine;        /* e_machine */
    bool runs;               /* a program or a shared library: no object file, no core dump */
    const char *interpreter; /* the dynamic loader that starts it; or NULL */
    const char **needed;     /* DT_NEEDED, in order */
    size_t nneeded;
    const char *rpath, *runpath; /* as they are, with ':' and $ORIGIN; or NULL */
    const char **versions;       /* of symbols that it needs: "GLIBC_2.34" */
    size_t nversions;
};

/* A machine that Lambda has. */
struct elf_machine {
    unsigned machine;
    int bits;
    const char *name;        /* as `architecture` says it */
    const char *multiarch;   /* the name of its folders in /lib and /usr/lib on Debian */
    const char *interpreter; /* of its glibc */
};

/* Reads a file, NULL; or gives what is wrong with it, as "is no ELF file", and `elf` means nothing.
 * The strings live as long as `arena`. */
const char *elf_read(struct arena *arena, const char *path, struct elf *elf);
/* The same for `len` bytes in memory. */
const char *elf_parse(struct arena *arena, const void *data, size_t len, struct elf *elf);
/* The machine that it is for; NULL when Lambda has none like it. */
const struct elf_machine *elf_machine(const struct elf *elf);
/* Its name for a person: "x86_64", "arm64", "i386", "machine 243". */
const char *elf_machine_name(struct arena *arena, const struct elf *elf);

#endif
