#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/zip.h"
#include "archive/zip_take.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/util.h"
#include "languages/installer.h"
#include "languages/maven.h"
#include "sources/above.h"
#include "sources/collect.h"
#include "sources/package.h"

static const char *const mvn_programs[] = {"mvn", NULL};

static bool mvn_decides(const char *name)
{
    return strcmp(path_base(name), "pom.xml") == 0 || str_starts(name, ".mvn/");
}

/* A repository or a jar may be in the code folder. */
static bool mvn_needs_all(struct arena *arena, const struct package *package, bool *all)
{
    static const char *const signs[] = {"basedir}", "file:", "<systemPath"};
    char *text;
    *all = false;
    if (!installer_manifest(arena, package, "pom.xml", &text))
        return false;
    for (size_t i = 0; text && i < countof(signs); i++)
        *all = *all || strstr(text, signs[i]);
    return true;
}

/* The list of what is copied, beside the folder that is filled. */
static const char *list_of(struct arena *arena, const char *into)
{
    return arena_printf(arena, "%s.list", into);
}

/* Copies each jar under a name that begins with its group, because jars of two groups may have the
 * same name; mvn_finish shortens the names. Plugin parameters of maven-dependency-plugin. */
static bool mvn_arguments(struct arena *arena, const struct package *package, const char *into,
                          const char ***argv, size_t *n)
{
    const char *const fixed[] = {"-q",
                                 "-B",
                                 "dependency:copy-dependencies",
                                 "dependency:list",
                                 "-DincludeScope=runtime",
                                 "-Dmdep.prependGroupId=true",
                                 arena_printf(arena, "-DoutputDirectory=%s/lib", into),
                                 arena_printf(arena, "-DoutputFile=%s", list_of(arena, into))};
    (void)package;
    installer_add(arena, argv, n, fixed, countof(fixed));
    return true;
}

/* The length of "group." at the beginning of a file's name, by a line of the list such as
 * "   group:artifact:jar:1.0:compile"; 0 if the line is that of another file. */
static size_t group_length(struct arena *arena, const char *line, const char *name)
{
    line += strspn(line, " ");
    size_t group = strcspn(line, ":");
    if (!group || !line[group])
        return 0;
    const char *artifact = line + group + 1;
    char *begin =
        arena_printf(arena, "%.*s.%.*s-", (int)group, line, (int)strcspn(artifact, ":"), artifact);
    return str_starts(name, begin) ? group + 1 : 0;
}

/* The name of a file without its group. */
static const char *short_name(struct arena *arena, const char *list, const char *name)
{
    char *lines = arena_strdup(arena, list);
    size_t len = 0;
    for (char *line; (line = strsep(&lines, "\n"));) {
        size_t found = group_length(arena, line, name);
        len = found > len ? found : len;
    }
    return name + len;
}

bool maven_shorten(struct arena *arena, const char *folder, const char *listed)
{
    static const char *const seen = "";
    struct table names = {0};
    size_t n, len;
    char **files = file_list(arena, folder, &n);
    char *list = files ? file_read(arena, listed, &len) : NULL;
    if (!files || !list)
        return errno == ENOENT && !files;
    for (size_t i = 0; i < n; i++) {
        const char *name = short_name(arena, list, files[i]);
        bool twice = table_get(&names, name);
        table_set(arena, &names, name, twice ? (char *)seen : files[i]);
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = short_name(arena, list, files[i]);
        if (table_get(&names, name) != seen && name != files[i] &&
            rename(path_join(arena, folder, files[i]), path_join(arena, folder, name)) != 0)
            return false;
    }
    return true;
}

/* --- jars of modules ---------------------------------------------------------------------- */

/* Reads the content of an entry of a zip; NULL after a reported error. */
static char *read_entry(struct arena *arena, const struct pack_entry *entry)
{
    int fd = file_open(entry->source);
    size_t size = entry->zipped->size;
    char *text = fd < 0 ? NULL : arena_alloc(arena, size + 1);
    struct unzip *unzip = text ? unzip_begin(fd, entry->zipped) : NULL;
    if (!unzip || unzip_read(unzip, text, size + 1) != (ssize_t)size) {
        diag_error(EXIT_BUILD, (struct pos){.file = entry->source}, "%s cannot be read",
                   entry->name);
        text = NULL;
    }
    fd_drop(fd);
    return text;
}

/* A manifest without the attributes that depend on the machine. A line that begins with a space
 * continues the one before it (JAR File Specification). */
static const char *settled_manifest(struct arena *arena, char *text)
{
    static const char *const dropped[] = {"Built-By:", "Build-Jdk", "Created-By:", "Build-Time",
                                          "Bnd-LastModified:"};
    struct buf out = {0};
    bool drops = false;
    for (char *line; (line = strsep(&text, "\n"));) {
        if (*line != ' ')
            drops = false;
        for (size_t i = 0; i < countof(dropped); i++)
            drops = drops || str_starts(line, dropped[i]);
        if (!drops && (*line || text))
            buf_printf(&out, "%s\n", line);
    }
    return buf_text(arena, &out);
}

static bool settle_jar(struct arena *arena, const char *jar)
{
    struct collection c = {.arena = arena};
    const char *manifest = arena_printf(arena, "%s.manifest", jar);
    size_t kept = 0;
    if (!zip_take(arena, jar, &c.entries, &c.nentries))
        return false;
    for (size_t i = 0; i < c.nentries; i++) {
        struct pack_entry entry = c.entries[i];
        if (str_starts(entry.name, "META-INF/maven/"))
            continue;
        if (strcmp(entry.name, "META-INF/MANIFEST.MF") == 0) {
            char *text = read_entry(arena, &entry);
            const char *settled = text ? settled_manifest(arena, text) : NULL;
            if (!settled)
                return false;
            if (!file_write(manifest, settled, strlen(settled), 0644))
                return diag_error(EXIT_BUILD, (struct pos){.file = manifest}, "%s",
                                  strerror(errno));
            entry = (struct pack_entry){.name = entry.name, .source = manifest};
        }
        c.entries[kept++] = entry;
    }
    c.nentries = kept;
    collect_sort(&c);
    bool ok = zip_write(jar, c.entries, c.nentries);
    unlink(manifest);
    return ok;
}

/* Adds the digests of the jars that a module has made. */
static void add_made(struct arena *arena, struct table *made, const char *target)
{
    size_t n = 0;
    char **names = file_list(arena, target, &n);
    for (size_t i = 0; i < n; i++) {
        char *hex = arena_alloc(arena, SHA256_HEX);
        if (str_ends(names[i], ".jar") && sha256_file(path_join(arena, target, names[i]), hex))
            table_set(arena, made, hex, hex);
    }
}

bool maven_settle(struct arena *arena, const char *folder, const struct above *above,
                  const char *copy)
{
    struct table made = {0};
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; i < above->nlooked; i++) {
        const char *module = path_below(above->base, path_dir(arena, above->looked[i]));
        if (*module != '/' && str_ends(above->looked[i], ".xml"))
            add_made(arena, &made, path_join(arena, path_join(arena, copy, module), "target"));
    }
    char **names = file_list(arena, folder, &n);
    for (size_t i = 0; i < n; i++) {
        const char *jar = path_join(arena, folder, names[i]);
        char hex[SHA256_HEX];
        if (sha256_file(jar, hex) && table_get(&made, hex))
            ok = settle_jar(arena, jar) && ok;
    }
    return ok;
}

static bool mvn_finish(struct arena *arena, const char *into)
{
    return maven_shorten(arena, path_join(arena, into, "lib"), list_of(arena, into));
}

const struct installer installer_maven = {LANG_JAVA,
                                          "pom.xml",
                                          mvn_programs,
                                          installer_no_setting,
                                          "--version",
                                          IN_COPY,
                                          mvn_decides,
                                          mvn_needs_all,
                                          mvn_arguments,
                                          mvn_finish,
                                          "Maven could not get what pom.xml asks for"};
