#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "build/installer.h"
#include "build/package.h"

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

/* Takes the group off the names of all files but those that would then have the same name. */
static bool mvn_finish(struct arena *arena, const char *into)
{
    const char *folder = path_join(arena, into, "lib"), *seen = "";
    struct table names = {0};
    size_t n, len;
    char **files = file_list(arena, folder, &n);
    char *list = files ? file_read(arena, list_of(arena, into), &len) : NULL;
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
