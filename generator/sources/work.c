#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/root.h"
#include "base/util.h"
#include "resources/steps.h"
#include "sources/work.h"

static const char mark_name[] = "made-by-gordon";
static const char mark_text[] = "Gordon made this folder, and deletes files in it.\n";

static const struct root own = {NULL, EXIT_OTHER};

/* Sets `*mode` to type and mode of a file itself, not of what a link leads to; to 0 if it is not
 * there. Returns false after reporting that this cannot be known. */
static bool find_mode(const char *path, mode_t *mode)
{
    struct stat st;
    bool there = lstat(path, &st) == 0;
    *mode = there ? st.st_mode : 0;
    return there || errno == ENOENT || errno == ENOTDIR ||
           diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be read: %s",
                      strerror(errno));
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
bool work_check_folder(const char *path)
{
    mode_t mode;
    if (!find_mode(path, &mode))
        return false;
    return !S_ISLNK(mode) || diag_error(EXIT_OTHER, (struct pos){.file = path},
                                        "this must be a folder of Gordon's own, but it is a link; "
                                        "remove the link");
}

bool work_claim(struct arena *arena, const char *work)
{
    char **names;
    size_t n;
    const char *mark = path_join(arena, work, mark_name);
    mode_t mode, mark_mode;
    if (!find_mode(work, &mode) || !find_mode(mark, &mark_mode) ||
        !root_list(arena, &own, work, &names, &n))
        return false;
    if (n && !S_ISREG(mark_mode) && (!str_ends(work, ".gordon") || S_ISLNK(mode)))
        return refuse(work, "--work-dir");
    if (!work_check_folder(path_join(arena, work, "lambdas")))
        return false;
    return S_ISREG(mark_mode) || file_write(mark, mark_text, strlen(mark_text), 0644) ||
           diag_error(EXIT_OTHER, (struct pos){.file = work}, "cannot be written: %s",
                      strerror(errno));
}

/* Whether a build writes such a name; a build that was killed leaves unfinished templates. */
static bool is_of_build(const char *name)
{
    return strcmp(name, ".gordon") == 0 || strcmp(name, "code") == 0 ||
           step_of_file(name) != STEP_COUNT || step_is_unfinished(name);
}

bool work_check_output(struct arena *arena, const char *output)
{
    char **names;
    size_t n;
    if (!root_list(arena, &own, output, &names, &n))
        return false;
    if (!n)
        return true;
    if (!work_check_folder(path_join(arena, output, "code")) ||
        !work_check_folder(path_join(arena, output, ".gordon")))
        return false;
    for (size_t i = 0; i < n; i++)
        if (is_of_build(names[i]))
            return true;
    return refuse(output, "--build-dir");
}

bool work_check_package(struct arena *arena, const char *zip, const char *work)
{
    return work_check_folder(path_dir(arena, zip)) && work_check_folder(path_dir(arena, work)) &&
           work_check_folder(work);
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
