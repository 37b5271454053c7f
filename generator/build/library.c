/* The search order is that of ld.so(8), "Shared object dependencies". */
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "build/library.h"

/* The library folders of systems; "%" stands for the multiarch name of a machine on Debian. */
static const char system_folders[] = "/lib/%:/usr/lib/%:/lib64:/usr/lib64:/lib:/usr/lib:"
                                     "/usr/local/lib/%:/usr/local/lib:/usr/%/lib";

/* Whether a library is a part of glibc, which Lambda's runtimes have. */
static bool is_libc(const char *name)
{
    static const char *const files[] = {
        "libc.so.6",   "libm.so.6",      "libmvec.so.1",      "libpthread.so.0",
        "libdl.so.2",  "librt.so.1",     "libutil.so.1",      "libnsl.so.1",
        "libanl.so.1", "libresolv.so.2", "libthread_db.so.1",
    };
    for (size_t i = 0; i < countof(files); i++)
        if (strcmp(name, files[i]) == 0)
            return true;
    return str_starts(name, "ld-linux") || str_starts(name, "libnss_");
}

/* Expands $ORIGIN in a folder of RPATH or RUNPATH. Returns NULL for a folder that is not known
 * here: one with another variable, or one relative to the program's working directory. */
static const char *expand(struct arena *arena, const char *folder, const char *origin)
{
    static const char *const names[] = {"$ORIGIN", "${ORIGIN}"};
    for (size_t i = 0; i < countof(names); i++)
        if (str_starts(folder, names[i]))
            folder = arena_printf(arena, "%s%s", origin, folder + strlen(names[i]));
    return *folder == '/' && !strchr(folder, '$') ? folder : NULL;
}

static const char *multiarch(struct arena *arena, const struct library *needing, const char *folder)
{
    const struct elf_machine *machine = elf_machine(&needing->elf);
    const char *percent = strchr(folder, '%');
    if (!percent)
        return folder;
    return machine ? arena_printf(arena, "%.*s%s%s", (int)(percent - folder), folder,
                                  machine->multiarch, percent + 1)
                   : NULL;
}

/* Accepts `path` as the library if it is for the right machine: a system may have others too. */
static bool take(const struct library_search *search, const struct library *needing,
                 const char *path, struct library *library)
{
    struct elf elf;
    if (file_look(path) != FILE_REGULAR || elf_read(search->arena, path, &elf) || !elf.runs ||
        elf.machine != needing->elf.machine || elf.bits != needing->elf.bits)
        return false;
    library->path = arena_strdup(search->arena, path);
    library->elf = elf;
    return true;
}

enum list { LIST_PLAIN, LIST_RPATH, LIST_SYSTEM };

/* Searches folders that are separated by ':'. `owner` is the file that has them as its RPATH or
 * RUNPATH; the library must be for its machine. */
static bool look_into(const struct library_search *search, const char *folders, enum list list,
                      const struct library *owner, struct library *library)
{
    struct arena *arena = search->arena;
    while (folders && *folders) {
        size_t len = strcspn(folders, ":");
        const char *folder = arena_strndup(arena, folders, len);
        folders += len + (folders[len] == ':');
        if (list == LIST_RPATH)
            folder = expand(arena, folder, path_dir(arena, owner->path));
        else if (list == LIST_SYSTEM)
            folder = multiarch(arena, owner, folder);
        if (folder && *folder &&
            take(search, owner, path_join(arena, folder, library->name), library))
            return true;
    }
    return false;
}

/* The RPATH of a file also applies to what its libraries need. A RUNPATH applies only to what the
 * file itself needs, and then no RPATH counts for that. */
static bool look(const struct library_search *search, struct library *library)
{
    const struct library *needing = library->loader;
    bool has_runpath = needing->elf.runpath != NULL;
    for (const struct library *l = needing; l && !has_runpath; l = l->loader)
        if (!l->elf.runpath && look_into(search, l->elf.rpath, LIST_RPATH, l, library))
            return true;
    return look_into(search, needing->elf.runpath, LIST_RPATH, needing, library) ||
           look_into(search, search->path, LIST_PLAIN, needing, library) ||
           look_into(search, system_folders, LIST_SYSTEM, needing, library);
}

static bool report(const struct library_search *search, const struct library *library)
{
    if (strchr(library->name, '/'))
        return diag_error(EXIT_BUILD, search->pos,
                          "%s needs %s by its path, which does not exist in Lambda; give the "
                          "library a soname",
                          library->loader->path, library->name);
    return diag_error(EXIT_BUILD, search->pos,
                      "the library %s, which %s needs, is not found; link it by its path, or name "
                      "its folder in the target's BUILD_RPATH",
                      library->name, library->loader->path);
}

struct queue {
    struct library **items;
    size_t count;
    struct table names;
};

/* Finds the library `name` for `needing`, unless the queue has it or it is left out as a part of
 * glibc. */
static bool find(const struct library_search *search, const struct library *needing,
                 const char *name, struct queue *queue)
{
    struct library *library = arena_alloc(search->arena, sizeof *library);
    *library = (struct library){.name = name, .loader = needing, .libc = is_libc(name)};
    if ((library->libc && !search->libc) || table_get(&queue->names, name))
        return true;
    table_set(search->arena, &queue->names, name, library);
    if (strchr(name, '/') || !look(search, library))
        return report(search, library);
    array_push(search->arena, queue->items, queue->count, library);
    return true;
}

/* Finds the dynamic loader. It must have the same version as the C library, so it is searched for
 * in the same folders first. The path in the program comes second, because the program may have
 * been built on one system for another. */
static bool find_loader(const struct library_search *search, const struct library *program,
                        struct queue *queue)
{
    const char *path = program->elf.interpreter;
    struct library *loader = arena_alloc(search->arena, sizeof *loader);
    *loader = (struct library){.name = path_base(path), .loader = program, .libc = true};
    if (!look(search, loader) && !take(search, program, path, loader))
        return report(search, loader);
    table_set(search->arena, &queue->names, loader->name, loader);
    array_push(search->arena, queue->items, queue->count, loader);
    return true;
}

/* Finds the libraries that glibc opens by itself to look up names. Since 2.34 they are stubs, and
 * their code is in libc.so.6. */
static void find_opened(const struct library_search *search, const struct library *libc,
                        struct queue *queue)
{
    static const char *const names[] = {"libnss_files.so.2", "libnss_dns.so.2"};
    for (size_t i = 0; i < countof(names); i++) {
        const char *path = path_join(search->arena, path_dir(search->arena, libc->path), names[i]);
        struct library *library = arena_alloc(search->arena, sizeof *library);
        *library = (struct library){.name = names[i], .loader = libc, .libc = true};
        if (!take(search, libc, path, library) || table_get(&queue->names, names[i]))
            continue;
        table_set(search->arena, &queue->names, names[i], library);
        array_push(search->arena, queue->items, queue->count, library);
    }
}

bool library_find(const struct library_search *search, const struct library *program,
                  struct library ***libraries, size_t *count)
{
    struct queue queue = {0};
    bool ok = !search->libc || !program->elf.interpreter || find_loader(search, program, &queue);
    for (size_t i = 0; i < program->elf.nneeded; i++)
        ok = find(search, program, program->elf.needed[i], &queue) && ok;
    for (size_t l = 0; l < queue.count; l++) {
        const struct library *library = queue.items[l];
        for (size_t i = 0; i < library->elf.nneeded; i++)
            ok = find(search, library, library->elf.needed[i], &queue) && ok;
        if (strcmp(library->name, "libc.so.6") == 0)
            find_opened(search, library, &queue);
    }
    *libraries = queue.items;
    *count = queue.count;
    return ok;
}
