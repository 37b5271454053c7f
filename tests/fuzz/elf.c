/* ELF files: all texts lie in the file and end there. */
#include <string.h>

#include "base/util.h"
#include "fuzz.h"
#include "sources/elf.h"

static size_t lengths(const char *const *texts, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += strlen(texts[i]);
    return sum;
}

void fuzz_target(const char *data, size_t len)
{
    struct elf elf;
    const char *wrong = elf_parse(fuzz_arena, data, len, &elf);
    fuzz_expect(!wrong || *wrong, "a refusal has words");
    if (wrong)
        return;
    fuzz_expect(elf.bits == 32 || elf.bits == 64, "it has 32 or 64 bits");
    const char *const single[] = {elf.interpreter, elf.rpath, elf.runpath};
    for (size_t i = 0; i < countof(single); i++)
        fuzz_expect(!single[i] || strlen(single[i]) <= len, "a text is in the file");
    lengths(elf.needed, elf.nneeded);
    lengths(elf.versions, elf.nversions);
    const struct elf_machine *machine = elf_machine(&elf);
    fuzz_expect(!machine || machine->machine == elf.machine, "the machine is that of the file");
    fuzz_expect(*elf_machine_name(fuzz_arena, &elf) != '\0', "a machine has a name");
}
