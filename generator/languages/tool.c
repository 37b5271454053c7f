#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/run.h"
#include "base/util.h"
#include "languages/installers.h"
#include "languages/tool.h"
#include "sources/collect.h"
#include "sources/fact.h"
#include "sources/package.h"

enum { SCRIPTS_MAX = 4 }; /* a script's interpreter may be a script */

/* The interpreter that the first line of a script names, or NULL. */
static const char *interpreter_of(struct arena *arena, const char *path)
{
    char line[256] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fd_read(fd, line, sizeof line - 1) < 0)
        fatal_unless_missing(path);
    fd_drop(fd);
    line[strcspn(line, "\n")] = '\0';
    const char **words = NULL;
    size_t n = 0, i = 0;
    if (!str_starts(line, "#!") || !run_split(arena, line + 2, &words, &n) || !n)
        return NULL;
    if (strcmp(path_base(words[0]), "env") == 0)
        for (i = 1; i < n && (*words[i] == '-' || strchr(words[i], '=')); i++)
            ;
    return i < n ? words[i] : words[0];
}

static bool is_shell(const char *path)
{
    static const char *const shells[] = {"sh", "ash", "bash", "dash", "fish", "ksh", "zsh"};
    for (size_t i = 0; i < countof(shells); i++)
        if (strcmp(path_base(path), shells[i]) == 0)
            return true;
    return false;
}

/* Whether `name` is a shim, as those of pyenv, asdf and Volta: it starts another program, chosen by
 * folder, variables or settings. A shell script counts as one, and so does a link to a program of
 * another name. */
static bool stands_for_others(const char *name, const char *path, const char *interpreter)
{
    char *real = realpath(path, NULL);
    if (!real)
        fatal_unless_missing(path);
    bool others = (interpreter && is_shell(interpreter)) ||
                  (real && !strstr(path_base(real), path_base(name)));
    free(real);
    return others;
}

static void add_text(struct digest *digest, const char *text)
{
    sha256_add(digest, text, strlen(text) + 1);
}

/* Adds the file that a word of a command names, and notes it. Returns its path, or NULL if there is
 * none. */
static const char *add_file(struct arena *arena, struct digest *digest, const char *word,
                            struct collection *inputs)
{
    const char *path = run_which(arena, word);
    struct stat st;
    add_text(digest, word);
    if (path && stat(path, &st) != 0) {
        fatal_unless_missing(path);
        return NULL;
    }
    if (!path || !S_ISREG(st.st_mode))
        return NULL;
    collect_input(inputs, path_absolute(arena, path));
    add_text(digest,
             arena_printf(arena, "%s %lld %lld.%09ld %lld", path, (long long)st.st_ino,
                          (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long long)st.st_size));
    return path;
}

static void note_program(struct arena *arena, struct collection *inputs, const char *name)
{
    const char *question = fact_of_program(arena, name);
    if (!strchr(name, '/'))
        collect_fact(inputs, question, fact_answer(question));
}

/* Adds the program, and its interpreter if it is a script. Returns whether that identifies it. */
static bool add_program(struct arena *arena, struct digest *digest, const char *name,
                        struct collection *inputs)
{
    for (int i = 0; name && i < SCRIPTS_MAX; i++) {
        const char *path = add_file(arena, digest, name, inputs);
        const char *interpreter = path ? interpreter_of(arena, path) : NULL;
        note_program(arena, inputs, name);
        if (path && stands_for_others(name, path, interpreter))
            return false;
        name = interpreter;
    }
    return true;
}

/* Adds all files that a command names. Returns whether they identify it; those of `python3 -m pip`
 * do not. */
static bool add_command(struct arena *arena, struct digest *digest, const char *const *argv,
                        struct collection *inputs)
{
    bool all = add_program(arena, digest, argv[0], inputs);
    for (size_t i = 1; argv[i]; i++) {
        add_file(arena, digest, argv[i], inputs);
        all = all && strcmp(argv[i], "-m") != 0;
    }
    return all;
}

/* Notes all names of the program, also those that PATH does not have: `pip` may appear while `pip3`
 * is used. */
static void note_names(struct arena *arena, const struct installer *installer,
                       const struct package *package, struct collection *inputs)
{
    for (size_t i = 0; !installer->setting(package) && installer->programs[i]; i++)
        note_program(arena, inputs, installer->programs[i]);
}

void tool_note(struct arena *arena, const struct installer *installer,
               const struct package *package, struct collection *inputs)
{
    const char **argv = installer_version_argv(arena, installer, package);
    struct digest unused;
    sha256_init(&unused);
    if (argv)
        add_command(arena, &unused, argv, inputs);
    note_names(arena, installer, package, inputs);
}

/* Asks in the code folder if the installer runs there, because a shim may choose its program by
 * that folder. */
static const char *ask(struct arena *arena, const struct installer *installer,
                       const struct package *package, const char *const *argv, const char *folder,
                       struct collection *inputs)
{
    bool in_code = installer->place == IN_CODE;
    const char *question = fact_of_command(arena, in_code ? package->code : folder, argv);
    const char *answer = fact_answer(question);
    collect_fact(inputs, question, answer);
    return answer;
}

/* Does not run the program in the source, because some tools leave files where they run. */
static const char *ask_and_keep(struct arena *arena, const char *const *argv, const char *file)
{
    struct run run = {.argv = argv, .folder = path_dir(arena, file), .merge = true};
    const char *said = run_ask(&run) && run.out.data ? arena_strdup(arena, run.out.data) : "";
    buf_free(&run.out);
    buf_free(&run.err);
    if (*said)
        file_write(file, said, strlen(said), 0644); /* after an error, the next run asks again */
    return said;
}

const char *tool_version(struct arena *arena, const struct installer *installer,
                         const struct package *package, const char *cache,
                         struct collection *inputs)
{
    const char **argv = installer_version_argv(arena, installer, package);
    const char *folder = path_join(arena, path_dir(arena, cache), "versions");
    char name[SHA256_HEX];
    struct digest digest;
    size_t len;
    note_names(arena, installer, package, inputs);
    if (!argv)
        return "";
    sha256_init(&digest);
    bool known_by_files = add_command(arena, &digest, argv, inputs);
    sha256_hex(&digest, name);
    const char *file = path_join(arena, folder, name);
    const char *known = known_by_files ? file_read(arena, file, &len) : NULL;
    if (known)
        return known;
    if (!file_mkdirs(folder))
        fatal("%s cannot be made:", folder);
    return known_by_files ? ask_and_keep(arena, argv, file)
                          : ask(arena, installer, package, argv, folder, inputs);
}
