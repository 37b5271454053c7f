#include <errno.h>
#include <string.h>

#include "archive/entry.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/run.h"
#include "base/util.h"
#include "build/library.h"
#include "build/target.h"
#include "resources/bundle.h"
#include "sources/collect.h"
#include "sources/elf.h"
#include "sources/glibc.h"
#include "sources/package.h"

struct packing {
    struct arena *arena;
    const struct package *package;
    struct collection *collection;
    const char *folder; /* for stripped files and the script */
    struct library program;
    struct library **libraries;
    size_t count;
};

static bool read_program(struct packing *p)
{
    const struct package *package = p->package;
    const char *target = bundle_target(package->code);
    if (!package->executable)
        return diag_error(EXIT_BUILD, package->pos,
                          "%s packs the target '%s' of a CMake build, but this build is not run by "
                          "CMake: build the project with gordon_add_project",
                          package->reference, target);
    p->program.path = package->executable;
    p->program.name = path_base(package->executable);
    const char *fault = elf_read(p->arena, package->executable, &p->program.elf);
    if (!fault && !p->program.elf.runs)
        fault = "is an object file";
    return !fault || diag_error(EXIT_BUILD, package->pos,
                                "the target '%s' of %s is no program%s for Lambda: %s %s", target,
                                package->reference, package->layer ? " or library" : "",
                                package->executable, fault);
}

static bool check_machine(const struct packing *p)
{
    const struct package *package = p->package;
    const char *machine = elf_machine_name(p->arena, &p->program.elf);
    return strcmp(machine, package->architecture) == 0 ||
           diag_error(EXIT_BUILD, package->pos, "the %s of %s is for %s, and its '%s' is %s: %s",
                      package->layer ? "target" : "program", package->reference, machine,
                      package->layer ? "architectures" : "architecture", package->architecture,
                      package->executable);
}

/* --- the C library of the runtime ----------------------------------------------------------- */

static const char what_to_do[] =
    "link the program statically, set 'libc: true', or build on a system like the runtime's";

static void check_glibc(const struct packing *p)
{
    const struct library *newest = &p->program;
    for (size_t i = 0; i < p->count; i++)
        if (glibc_needed(&p->libraries[i]->elf) > glibc_needed(&newest->elf))
            newest = p->libraries[i];
    glibc_warn(p->package, newest->path, &newest->elf, what_to_do);
}

/* Warns if the program needs another loader than glibc's usual one, which the runtimes have. */
static void check_loader(const struct packing *p)
{
    const char *loader = p->program.elf.interpreter;
    const struct elf_machine *machine = elf_machine(&p->program.elf);
    if (loader && machine && strcmp(loader, machine->interpreter) != 0)
        diag_warning(p->package->pos, "%s is started by %s, which %s does not have: %s",
                     p->program.path, loader, p->package->runtime, what_to_do);
}

static void check_runtime(const struct packing *p)
{
    if (p->package->libc)
        return;
    check_loader(p);
    check_glibc(p);
}

/* --- the zip -------------------------------------------------------------------------------- */

static void add(struct packing *p, const char *source, const char *name, bool executable)
{
    struct pack_entry entry = {name, source, executable};
    array_push(p->arena, p->collection->entries, p->collection->nentries, entry);
}

static bool make_folder(const struct packing *p)
{
    return (remove_path(p->folder) && file_mkdirs(p->folder)) ||
           diag_error(EXIT_BUILD, (struct pos){.file = p->folder}, "cannot be made: %s",
                      strerror(errno));
}

static bool strip(const struct packing *p, const char *from, const char *to)
{
    const struct package *package = p->package;
    if (!package->strip_program)
        return diag_error(EXIT_BUILD, package->build_pos,
                          "'strip' of %s needs CMAKE_STRIP, which CMake does not know: enable a "
                          "language in project(), or set it",
                          package->reference);
    const char *const argv[] = {package->strip_program, "-o", to, from, NULL};
    struct run run = {.argv = argv, .merge = true};
    bool ok = run_wait(&run);
    if (!ok) {
        diag_error(EXIT_BUILD, package->build_pos, "%s cannot be stripped: %s %s", from, argv[0],
                   run_words(p->arena, &run));
        diag_note((struct pos){0}, "the command was: %s", run_line(p->arena, argv));
        if (run.out.len)
            diag_printed(run.out.data);
    }
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* Packs a file of the build or of the system, which is not changed: `strip` makes a copy. */
static bool pack(struct packing *p, const struct library *library, const char *name,
                 bool executable)
{
    const char *source = library->path;
    collect_input(p->collection, source);
    if (p->package->strip && !library->libc) {
        source = path_join(p->arena, p->folder, path_base(name));
        if (!strip(p, library->path, source))
            return false;
    }
    add(p, source, name, executable);
    return true;
}

/* The loader searches the folder of --library-path before the folders of the runtime. */
static bool add_script(struct packing *p)
{
    const char *loader = path_base(p->program.elf.interpreter);
    const char *path = path_join(p->arena, p->folder, "bootstrap");
    const char *script = arena_printf(p->arena,
                                      "#!/bin/sh\n"
                                      "exec \"$LAMBDA_TASK_ROOT/lib/%s\""
                                      " --library-path \"$LAMBDA_TASK_ROOT/lib\""
                                      " \"$LAMBDA_TASK_ROOT/program\"\n",
                                      loader);
    if (!file_write(path, script, strlen(script), 0755))
        return diag_error(EXIT_BUILD, (struct pos){.file = path}, "cannot be written: %s",
                          strerror(errno));
    add(p, path, "bootstrap", true);
    return true;
}

/* The name of a library is that by which programs need it. */
static bool pack_for_layer(struct packing *p)
{
    const struct elf *elf = &p->program.elf;
    const char *name =
        elf->soname && !strchr(elf->soname, '/') && *elf->soname ? elf->soname : p->program.name;
    return pack(p, &p->program,
                elf->program ? arena_printf(p->arena, "bin/%s", p->program.name)
                             : arena_printf(p->arena, "lib/%s", name),
                elf->program);
}

/* A static program needs no loader. */
static bool pack_program(struct packing *p)
{
    if (p->package->layer)
        return pack_for_layer(p);
    if (!p->package->libc || !p->program.elf.interpreter)
        return pack(p, &p->program, "bootstrap", true);
    return pack(p, &p->program, "program", true) && add_script(p);
}

bool target_collect(struct arena *arena, const struct package *package,
                    struct collection *collection)
{
    struct packing p = {.arena = arena,
                        .package = package,
                        .collection = collection,
                        .folder = path_join(arena, package->work, "target")};
    const struct library_search search = {arena, package->library_path, package->libc,
                                          package->pos};
    bool ok = read_program(&p) && check_machine(&p) &&
              library_find(&search, &p.program, &p.libraries, &p.count) && make_folder(&p);
    if (!ok)
        return false;
    check_runtime(&p);
    ok = pack_program(&p);
    for (size_t i = 0; i < p.count; i++) {
        const struct library *library = p.libraries[i];
        const char *name = arena_printf(arena, "lib/%s", library->name);
        ok = pack(&p, library, name, library->libc && str_starts(library->name, "ld")) && ok;
    }
    return ok;
}
