#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/entry.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "languages/cache.h"
#include "languages/installers.h"
#include "languages/installing.h"
#include "languages/modules.h"
#include "languages/node.h"
#include "languages/node_tree.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/fact.h"
#include "sources/package.h"

static const char format[] = "gordon modules 1";

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* --- commands that install ---------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* The next word of a command's text, without quotes, or NULL. Sets `*ends` if a separator of
 * commands comes before it. This needs no grammar: who installs twice only waits longer. */
static const char *next_word(struct arena *arena, const char **at, bool *ends)
{
    static const char separators[] = ";&|()\n";
    *ends = false;
    while (**at && (isspace((unsigned char)**at) || strchr(separators, **at)))
        *ends = strchr(separators, *(*at)++) || *ends;
    size_t len = strcspn(*at, " \t;&|()\n"), kept = 0;
    char *word = arena_strndup(arena, *at, len);
    *at += len;
    for (size_t i = 0; i < len; i++)
        if (!strchr("\"'{}$", word[i]))
            word[kept++] = word[i];
    word[kept] = '\0';
    return len ? word : NULL;
}

/* A command while its words are read. */
struct reading {
    bool tool, bare, verb, elsewhere; /* `npm`; `yarn` without a word; `install`; `--prefix` */
};

static void read_word(struct arena *arena, struct reading *r, const char *word)
{
    static const char *const tools[] = {"npm", "pnpm", "yarn", "bun", "npm_path", "GORDON_NPM_PATH",
                                        NULL};
    static const char *const runs[] = {"run", "run-script", "exec", "x", "dlx", NULL};
    static const char *const installs[] = {"ci",  "install", "i", "clean-install", "install-clean",
                                           "add", NULL};
    static const char *const folders[] = {"--prefix", "-C", "--dir", "--cwd", NULL};
    if (!r->tool && is_one_of(path_base(word), tools)) {
        r->tool = true;
        r->bare = strcmp(path_base(word), "yarn") == 0;
    } else if (*word == '-') {
        const char *option = arena_strndup(arena, word, strcspn(word, "="));
        r->elsewhere = r->elsewhere || is_one_of(option, folders);
    } else if (r->tool) {
        r->tool = r->verb || !is_one_of(word, runs);
        r->verb = r->verb || is_one_of(word, installs);
        r->bare = false;
    }
}

/* Whether a command such as `npm ci` installs into the folder where it runs. */
static bool installs_here(struct arena *arena, const char *text)
{
    struct reading r = {0};
    bool ends, found = false;
    const char *word;
    do {
        word = next_word(arena, &text, &ends);
        if (ends || !word) {
            found = found || (r.tool && (r.verb || r.bare) && !r.elsewhere);
            r = (struct reading){0};
        }
        if (word)
            read_word(arena, &r, word);
    } while (word);
    return found;
}

bool modules_are_kept(const struct package *package)
{
    struct arena *arena = arena_new();
    bool kept = package->nbuild && !package->in_source && package->kind == FILE_FOLDER &&
                installer_for_commands(package);
    for (size_t i = 0; kept && i < package->nbuild; i++)
        kept = !installs_here(arena, package->build[i]);
    arena_free(arena);
    return kept;
}

/* --- the copy ----------------------------------------------------------------------------- */

static const char *in_copy(struct arena *arena, const struct node_tree *tree, const char *copy,
                           const char *path)
{
    return strcmp(path, tree->base) == 0 ? copy
                                         : path_join(arena, copy, path_below(tree->base, path));
}

static bool find_tree(struct arena *arena, const struct package *package, struct node_tree *tree)
{
    return node_tree_find(arena, package, installer_for_commands(package)->node, tree);
}

const char *modules_folder(struct arena *arena, const struct package *package, const char *source)
{
    struct node_tree tree;
    return find_tree(arena, package, &tree) ? in_copy(arena, &tree, source, package->code) : NULL;
}

bool modules_collect(struct arena *arena, const struct package *package, struct collection *source)
{
    struct collection inputs = {
        .arena = arena, .left_out = source->left_out, .stamped = source->stamped};
    bool ok = node_collect(arena, package, installer_for_commands(package)->node, source, &inputs);
    collect_inputs_of(source, &inputs);
    return ok;
}

/* --- what is kept ------------------------------------------------------------------------- */

/* The folders that may have a node_modules, by their numbers in the kept folder. */
static const char **folders_of(struct arena *arena, const struct node_tree *tree, const char *copy,
                               size_t *n)
{
    const char **dirs = NULL;
    struct table seen = {0};
    *n = 0;
    for (size_t i = 0; i <= tree->nunits + tree->nfolders; i++) {
        const char *dir = i == 0              ? tree->manifest->dir
                          : i <= tree->nunits ? tree->units[i - 1].start
                                              : tree->folders[i - 1 - tree->nunits];
        if (!table_set(arena, &seen, dir, &seen))
            array_push(arena, dirs, *n,
                       path_join(arena, in_copy(arena, tree, copy, dir), "node_modules"));
    }
    return dirs;
}

static void add_text(struct digest *digest, const char *text)
{
    sha256_add(digest, text, strlen(text) + 1);
}

/* Adds the names, sizes and times of all files below `path`. */
static bool add_state(struct arena *arena, struct digest *digest, const char *path)
{
    struct stat st;
    size_t n;
    if (lstat(path, &st) != 0)
        return errno == ENOENT;
    add_text(digest, path_base(path));
    if (!S_ISDIR(st.st_mode)) {
        add_text(digest, arena_printf(arena, "%llu %lld %lld.%09ld", (unsigned long long)st.st_ino,
                                      (long long)st.st_size, (long long)st.st_mtim.tv_sec,
                                      st.st_mtim.tv_nsec));
        return true;
    }
    char **names = file_list(arena, path, &n);
    bool ok = names != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = add_state(arena, digest, path_join(arena, path, names[i]));
    add_text(digest, "/");
    return ok;
}

/* A digest of the state of the installed packages; NULL if it is not known. Caches of tools are
 * removed: they must not decide what the next build does. */
static const char *state_of(struct arena *lasting, const char *const *dirs, size_t n)
{
    static const char *const caches[] = {".cache", ".vite", ".tmp"};
    char *hex = arena_alloc(lasting, SHA256_HEX);
    struct arena *arena = arena_new();
    struct digest digest;
    bool ok = true;
    sha256_init(&digest);
    for (size_t i = 0; ok && i < n; i++) {
        for (size_t k = 0; k < countof(caches); k++)
            ok = remove_path(path_join(arena, dirs[i], caches[k])) && ok;
        ok = ok && add_state(arena, &digest, dirs[i]);
    }
    sha256_hex(&digest, hex);
    arena_free(arena);
    return ok ? hex : NULL;
}

static const char *kept_folder(struct arena *arena, const struct package *package)
{
    return path_join(arena, package->work, "modules");
}

static const char *record_file(struct arena *arena, const struct package *package)
{
    return path_join(arena, package->work, "modules.txt");
}

/* --- the key ------------------------------------------------------------------------------ */

/* Whether a file decides what is installed: all do if scripts run that may read them. */
static bool decides(const struct node_tree *tree, const struct node_tool *tool, const char *name)
{
    for (size_t i = 0; i < tree->nunits; i++)
        if (tree->units[i].whole)
            return true;
    return node_decides(tool, path_base(name)) || str_ends(name, "gz") || str_ends(name, ".tar") ||
           strstr(name, ".yarn/") || strstr(name, "patches/");
}

/* A digest of all that decides what is installed. Returns NULL after a reported error. */
static const char *key_of(struct arena *arena, const struct package *package,
                          const struct node_tree *tree, const struct collection *source,
                          struct collection *inputs)
{
    const struct installer *installer = installer_for_commands(package);
    const char **argv = installer_argv(arena, installer, package, "");
    char *key = arena_alloc(arena, SHA256_HEX), hex[SHA256_HEX];
    const char *cache = NULL;
    struct digest digest;
    if (!argv || !cache_dir(&cache))
        return NULL;
    cache = cache ? cache : path_join(arena, package->work, "cache/installs");
    sha256_init(&digest);
    add_text(&digest, format);
    for (size_t i = 0; argv[i]; i++)
        add_text(&digest, argv[i]);
    add_text(&digest, tool_version(arena, installer, package, cache, inputs));
    const char *registry = fact_of_registry(arena, installer->programs[0]);
    collect_fact(inputs, registry, fact_answer(registry));
    add_text(&digest, fact_answer(registry));
    for (size_t i = 0; i < source->nentries; i++) {
        if (!decides(tree, installer->node, source->entries[i].name))
            continue;
        if (!sha256_file(source->entries[i].source, hex)) {
            fail(source->entries[i].source, "cannot be read");
            return NULL;
        }
        add_text(&digest, source->entries[i].name);
        add_text(&digest, hex);
    }
    sha256_hex(&digest, key);
    return key;
}

/* --- taking and putting back -------------------------------------------------------------- */

static bool move(const char *from, const char *to)
{
    return rename(from, to) == 0 || errno == ENOENT || fail(to, "cannot be moved there");
}

/* Whether the kept packages are what this key installs. Takes the record away: until the packages
 * are put back, there are none. */
static bool take_record(struct arena *arena, const struct package *package, const char *key)
{
    size_t len;
    const char *file = record_file(arena, package), *text = file_read(arena, file, &len);
    bool same = text && strcmp(text, key) == 0;
    return (unlink(file) == 0 || errno == ENOENT) && same;
}

/* Whether no package is named, and no script runs, so that an install would leave nothing. */
static bool names_nothing(const struct node_tree *tree)
{
    return tree->nunits == 1 && !tree->units->nmembers && !tree->units->whole &&
           !tree->manifest->ndependencies;
}

bool modules_take(struct arena *arena, const struct package *package,
                  const struct collection *source, const char *to, struct collection *inputs,
                  struct modules *taken)
{
    struct node_tree tree;
    size_t n;
    *taken = (struct modules){0};
    if (!find_tree(arena, package, &tree))
        return false;
    if (names_nothing(&tree)) /* npm need not be there */
        return true;
    const char *key = key_of(arena, package, &tree, source, inputs);
    const char **dirs = folders_of(arena, &tree, to, &n);
    const char *kept = kept_folder(arena, package);
    if (!key)
        return false;
    bool there = take_record(arena, package, key), ok = true;
    if (there) {
        for (size_t i = 0; ok && i < n; i++)
            ok = move(path_join(arena, kept, arena_printf(arena, "%zu", i)), dirs[i]);
    } else {
        const struct installing installing = {.arena = arena,
                                              .installer = installer_for_commands(package),
                                              .package = package,
                                              .copy = to,
                                              .into = to};
        ok = (remove_path(kept) || fail(kept, "cannot be removed")) &&
             node_install(&installing, &tree);
    }
    taken->key = key;
    taken->state = ok ? state_of(arena, dirs, n) : NULL;
    taken->dirs = dirs;
    taken->n = n;
    return ok;
}

bool modules_put_back(struct arena *arena, const struct package *package,
                      const struct modules *taken)
{
    const char *kept = kept_folder(arena, package), *file = record_file(arena, package);
    const char *state = taken->state ? state_of(arena, taken->dirs, taken->n) : NULL;
    if (!state || strcmp(taken->state, state) != 0)
        return true; /* the commands have changed it */
    bool ok = file_mkdirs(kept) || fail(kept, "cannot be made");
    for (size_t i = 0; ok && i < taken->n; i++)
        ok = move(taken->dirs[i], path_join(arena, kept, arena_printf(arena, "%zu", i)));
    return ok && (file_write(file, taken->key, strlen(taken->key), 0644) ||
                  fail(file, "cannot be written"));
}
