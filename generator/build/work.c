#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "build/work.h"
#include "resources/steps.h"

static const char mark_name[] = "made-by-gordon";
static const char mark_text[] = "Gordon made this folder, and deletes files in it.\n";

static bool is_regular(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Whether a folder is there and has entries; `*names` gets them. */
static bool is_filled(struct arena *arena, const char *folder, char ***names, size_t *n)
{
    *n = 0;
    *names = file_list(arena, folder, n);
    return *names && *n;
}

static bool refuse(const char *folder, const char *option)
{
    return diag_error(
        EXIT_OTHER, (struct pos){.file = folder},
        "this folder is not empty, and no build of Gordon has written it; Gordon "
        "deletes old files in its folders, so choose another one with %s, or an empty "
        "one",
        option);
}

/* A folder of ours that is a link would lead all that is written and deleted elsewhere. */
static bool check_no_link(const char *path)
{
    return !is_link(path) || diag_error(EXIT_OTHER, (struct pos){.file = path},
                                        "this must be a folder of Gordon's own, but it is a link; "
                                        "remove the link");
}

bool work_claim(struct arena *arena, const char *work)
{
    char **names;
    size_t n;
    const char *mark = path_join(arena, work, mark_name);
    bool own = is_regular(mark) || (str_ends(work, ".gordon") && !is_link(work));
    if (!own && is_filled(arena, work, &names, &n))
        return refuse(work, "--work-dir");
    if (!check_no_link(path_join(arena, work, "lambdas")))
        return false;
    return is_regular(mark) || file_write(mark, mark_text, strlen(mark_text), 0644) ||
           diag_error(EXIT_OTHER, (struct pos){.file = work}, "cannot be written: %s",
                      strerror(errno));
}

/* Whether a build writes such a name: a template may also be unfinished, if a build was killed. */
static bool is_of_build(struct arena *arena, const char *name)
{
    static const char ending[] = ".json";
    const char *end = strstr(name, ending);
    size_t len = end ? (size_t)(end - name) + strlen(ending) : 0;
    return strcmp(name, ".gordon") == 0 || strcmp(name, "code") == 0 ||
           step_of_file(arena_strndup(arena, name, len)) != STEP_COUNT;
}

bool work_check_output(struct arena *arena, const char *output)
{
    char **names;
    size_t n;
    if (!is_filled(arena, output, &names, &n))
        return true;
    if (!check_no_link(path_join(arena, output, "code")) ||
        !check_no_link(path_join(arena, output, ".gordon")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (is_of_build(arena, names[i]))
            return true;
    return refuse(output, "--build-dir");
}

/* The folders of all lambdas are the same in a build, so they are looked at once in a process. */
static bool check_shared(const char *path)
{
    static char checked[2][PATH_MAX];
    static size_t next;
    for (size_t i = 0; i < countof(checked); i++)
        if (strcmp(checked[i], path) == 0)
            return true;
    if (!check_no_link(path))
        return false;
    snprintf(checked[next++ % countof(checked)], PATH_MAX, "%s", path);
    return true;
}

bool work_check_package(struct arena *arena, const char *zip, const char *work)
{
    return check_shared(path_dir(arena, zip)) && check_shared(path_dir(arena, work)) &&
           check_no_link(work);
}

bool work_remove(struct arena *arena, const char *folder, const char *path)
{
    return remove_below(folder, path) ||
           diag_error(EXIT_OTHER, (struct pos){.file = path_join(arena, folder, path)},
                      errno == ELOOP || errno == ENOTDIR
                          ? "cannot be removed: a folder on the way is a link or a file (%s)"
                          : "cannot be removed: %s",
                      strerror(errno));
}
