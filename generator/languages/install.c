#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/own.h"
#include "base/removal.h"
#include "languages/cache.h"
#include "languages/install.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/fact.h"
#include "sources/layout.h"
#include "sources/notes.h"
#include "sources/package.h"
#include "sources/work.h"

/* Must change when the same inputs give another content than before. */
static const char format[] = "gordon install 5";

struct install {
    struct arena *arena;
    const struct installer *installer;
    const struct package *package;
    const struct pack_entry *files; /* what decides, with their names in the code folder */
    size_t nfiles;
    const struct fact *facts; /* of the manifests, such as variables that they name */
    size_t nfacts;
    bool every; /* all files of the code folder decide: no other lambda can share the result */
    char digest[SHA256_HEX]; /* of these files */
    char key[SHA256_HEX];
    const char *zip; /* the lambda's own copy */
};

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

bool install_is_needed(const struct package *package)
{
    return installer_of(package) != NULL;
}

/* --- the files that decide what is installed ---------------------------------------------- */

static bool find_files(struct install *install, struct collection *inputs)
{
    struct arena *arena = install->arena;
    const struct installer *installer = install->installer;
    struct collection all = {.arena = arena, .left_out = inputs->left_out};
    bool every = false;
    struct pack_entry *files = NULL;
    if (installer->needs_all && !installer->needs_all(arena, install->package, &every))
        return false;
    install->every = every;
    bool look = !installer->collect || every;
    if (installer->collect && !installer->collect(arena, install->package, &all, inputs))
        return false;
    if (look && !collect_dir(&all, install->package->code, install->package->root))
        return false;
    for (size_t i = 0; i < all.nentries; i++)
        if (every || installer->collect || installer->decides(all.entries[i].name)) {
            array_push(arena, files, install->nfiles, all.entries[i]);
            collect_input(inputs, all.entries[i].source);
            collect_links(inputs, all.entries[i].source, install->package->root);
        }
    for (size_t i = 0; i < all.nfacts; i++)
        collect_fact(inputs, all.facts[i].question, all.facts[i].answer);
    install->facts = all.facts;
    install->nfacts = all.nfacts;
    install->files = files;
    return true;
}

static void add_text(struct digest *digest, const char *text)
{
    sha256_add(digest, text ? text : "", text ? strlen(text) + 1 : 1);
}

static bool digest_files(struct install *install)
{
    struct digest digest;
    char hex[SHA256_HEX];
    sha256_init(&digest);
    for (size_t i = 0; install->files && i < install->nfiles; i++) {
        if (!sha256_file(install->files[i].source, hex))
            return fail(install->files[i].source, "cannot be read");
        add_text(&digest, install->files[i].name);
        add_text(&digest, hex);
    }
    for (size_t i = 0; i < install->nfacts; i++) {
        add_text(&digest, install->facts[i].question);
        add_text(&digest, install->facts[i].answer);
    }
    sha256_hex(&digest, install->digest);
    return true;
}

/* --- the key ------------------------------------------------------------------------------ */

/* The argument vector. Returns NULL after a reported error. */
static const char **checked_argv(const struct install *install, const char *into)
{
    const struct package *package = install->package;
    const char **argv = installer_argv(install->arena, install->installer, package, into);
    if (!argv)
        diag_error(EXIT_BUILD, package->pos, "a quote is not closed in the settings of %s for %s",
                   package->reference, install->installer->programs[0]);
    return argv;
}

/* The folder that is installed into is not part of the key. */
static bool make_key(struct install *install, const char *cache, struct collection *inputs)
{
    const struct package *package = install->package;
    const char **argv = checked_argv(install, "");
    struct digest digest;
    if (!argv)
        return false;
    sha256_init(&digest);
    add_text(&digest, format);
    add_text(&digest, zip_library());
    add_text(&digest, package->runtime);
    add_text(&digest, package->architecture);
    if (package->layer) /* its files have other names */
        add_text(&digest, "layer");
    for (size_t i = 0; argv[i]; i++)
        add_text(&digest, argv[i]);
    for (const struct installer *tool = install->installer; tool; tool = tool->then) {
        add_text(&digest, tool_version(install->arena, tool, package, cache, inputs));
        const char *registry = fact_of_registry(install->arena, tool->programs[0]);
        collect_fact(inputs, registry, fact_answer(registry));
        add_text(&digest, fact_answer(registry));
    }
    add_text(&digest, install->digest);
    sha256_hex(&digest, install->key);
    return true;
}

/* --- installing --------------------------------------------------------------------------- */

static void keep_packed(const struct installer *installer, struct collection *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->nentries; i++)
        if (!installer->packed || str_starts(c->entries[i].name, installer->packed))
            c->entries[kept++] = c->entries[i];
    c->nentries = kept;
}

/* The result is kept under the digest from before the install, during which the tool reads the
 * files. So they must not have changed meanwhile. */
static bool check_unchanged(struct install *install)
{
    char before[SHA256_HEX];
    memcpy(before, install->digest, sizeof before);
    return digest_files(install) &&
           (strcmp(before, install->digest) == 0 ||
            diag_error(EXIT_BUILD, install->package->pos,
                       "the files that decide the dependencies of %s changed during the install; "
                       "build again",
                       install->package->reference));
}

static bool fill_caught(struct install *install, const char *folder, const char *zip)
{
    struct arena *arena = install->arena;
    const char *work = path_join(arena, folder, "work");
    const char *into = path_join(arena, work, "into"), *copy = path_join(arena, work, "copy");
    const char *comment = arena_printf(arena, "%s %s", install->key, install->digest);
    const char *unfinished = path_join(arena, work, "dependencies.zip");
    struct collection c = {.arena = arena};
    if (!remove_path(work) || !file_mkdirs(into) || !file_mkdirs(copy))
        return fail(work, "cannot be made");
    const struct installing installing = {
        arena, install->installer, install->package, install->files, install->nfiles, copy, into,
        NULL};
    bool ok = installing_run(&installing) && collect_dir(&c, into, into);
    if (ok) {
        keep_packed(install->installer, &c);
        layout_installed(arena, install->package, &c);
        collect_sort(&c);
    }
    ok = ok && zip_write(unfinished, c.entries, c.nentries) && check_unchanged(install);
    if (ok && (!zip_set_comment(unfinished, comment) || !file_replace(unfinished, zip)))
        ok = fail(zip, "cannot be written");
    remove_path(work);
    return ok;
}

/* Installs into a folder of the cache, which must be locked. The zip is renamed to `zip` at the
 * end, so it is always complete. A signal ends this process when what was installed is removed. */
static bool fill(struct install *install, const char *folder, const char *zip)
{
    interrupt_catch();
    bool ok = fill_caught(install, folder, zip);
    interrupt_release();
    return ok;
}

static bool has_comment(struct arena *arena, const char *zip, const char *comment)
{
    const char *found = zip_comment(arena, zip);
    return found && strcmp(found, comment) == 0;
}

/* A cache in the lambda's own work folder, for installs that cannot be shared. Returns NULL after
 * reporting that it is a link. */
static const char *own_cache(const struct install *install)
{
    const char *folder = path_join(install->arena, install->package->work, "cache");
    const char *const folders[] = {folder, path_join(install->arena, folder, "versions"),
                                   path_join(install->arena, folder, "installs")};
    for (size_t i = 0; i < countof(folders); i++)
        if (!work_check_folder(folders[i]))
            return NULL;
    return folders[countof(folders) - 1];
}

/* Copies the zip from the cache. Installs first if it is not there. */
static bool fetch(struct install *install, const char *cache)
{
    struct arena *arena = install->arena;
    const char *comment = arena_printf(arena, "%s %s", install->key, install->digest);
    struct cache_entry entry;
    if (has_comment(arena, install->zip, comment))
        return true;
    if (!cache_lock(arena, cache, install->key, &entry)) { /* it may be another user's */
        if (!(cache = own_cache(install)))
            return false;
        if (!cache_lock(arena, cache, install->key, &entry))
            return fail(entry.folder, "cannot be locked");
    }
    const char *zip = path_join(arena, entry.folder, "dependencies.zip");
    bool there = own_is_mine(zip) && has_comment(arena, zip, comment);
    if (!there)
        unlink(zip); /* what another user owns must not stay, though it had the same bytes */
    bool ok = there || fill(install, entry.folder, zip);
    if (ok && !file_copy(arena, zip, install->zip))
        ok = fail(install->zip, "cannot be written");
    cache_unlock(&entry);
    if (!there)
        cache_trim(arena, cache);
    return ok;
}

static struct install install_of(struct arena *arena, const struct package *package)
{
    return (struct install){.arena = arena,
                            .installer = installer_of(package),
                            .package = package,
                            .zip = path_join(arena, package->work, "dependencies.zip")};
}

bool install_dependencies(struct arena *arena, const struct package *package, bool trust,
                          struct collection *inputs, const char **zip)
{
    struct install install = install_of(arena, package);
    *zip = install.installer ? install.zip : NULL;
    if (!install.installer)
        return true;
    if (!find_files(&install, inputs) || !digest_files(&install))
        return false;
    const char *found = trust ? zip_comment(arena, install.zip) : NULL;
    if (found && str_ends(found, install.digest))
        return true;
    if (trust) /* that zip is another edge's output */
        *zip = install.zip = path_join(arena, package->work, "own-dependencies.zip");
    const char *cache = NULL;
    if (!install.every && !cache_dir(&cache))
        return false;
    cache = cache ? cache : own_cache(&install);
    return cache && make_key(&install, cache, inputs) && fetch(&install, cache);
}

bool install_look(struct arena *arena, const struct package *package, bool trust,
                  struct collection *inputs, struct install_look *look)
{
    static const char *const folders[] = {[IN_COPY] = "{copy}", [IN_INTO] = "{into}"};
    struct install install = install_of(arena, package);
    *look = (struct install_look){0};
    if (!install.installer)
        return true;
    look->zip = install.zip;
    if (!find_files(&install, inputs) || !(look->argv = checked_argv(&install, "{into}")))
        return false;
    bool in_code = install.installer->place == IN_CODE;
    look->folder = in_code ? package->code : folders[install.installer->place];
    for (const struct installer *tool = install.installer; !trust && tool; tool = tool->then)
        tool_note(arena, tool, package, inputs);
    return true;
}

bool install_run(struct arena *arena, struct package *package, const struct notes *notes)
{
    bool looked = package_look(package);
    struct collection inputs = {.arena = arena, .left_out = package_left_out(arena, package)};
    const char *zip, *output = path_join(arena, package->work, "dependencies.zip");
    if (!looked || !work_check_package(arena, package->zip, package->work) ||
        !install_dependencies(arena, package, false, &inputs, &zip))
        return false;
    if (!zip) { /* the edge exists although the manifest is gone; it may come back */
        collect_input(&inputs, package->code);
        if (!zip_write(output, NULL, 0))
            return false;
    }
    return notes_write(notes, output, inputs.inputs, inputs.ninputs);
}
