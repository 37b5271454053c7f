#include "build/rebuild.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/run.h"
#include "base/util.h"
#include "build/edited.h"
#include "build/project_build.h"

/* Returns the top build folder of CMake above a work folder, or NULL. */
static const char *cmake_folder(struct arena *arena, const char *work)
{
    for (const char *folder = work; strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0;
         folder = path_dir(arena, folder))
        if (file_look(path_join(arena, folder, "CMakeCache.txt")) == FILE_REGULAR)
            return folder;
    return NULL;
}

/* The work folder is <target>.gordon. */
static bool build_by_cmake(struct arena *arena, const char *work)
{
    const char *folder = cmake_folder(arena, work), *name = path_base(work);
    const char *target = arena_strndup(arena, name, strlen(name) - strlen(path_extension(name)));
    const char *const argv[] = {"cmake", "--build", folder, "--target", target, NULL};
    struct run run = {.argv = argv, .merge = true};
    if (!folder)
        return diag_error(EXIT_NOT_BUILT, (struct pos){.file = work},
                          "is in no build folder of CMake; build again");
    bool ok = run_wait(&run);
    if (!ok) {
        diag_error(EXIT_BUILD, (struct pos){.file = folder}, "cmake --build %s",
                   run_words(arena, &run));
        diag_lines(run.out.len ? run.out.data : NULL);
    }
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* `gordon build` prints its results on standard output, where the answer of a lambda goes. */
static bool build_here(struct arena *arena, const struct project_build *options)
{
    fflush(stdout);
    int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (before < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        fatal("standard output cannot be kept:");
    bool ok = project_build(arena, options);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    fd_drop(before);
    fd_drop(nowhere);
    return ok;
}

bool rebuild(struct arena *arena, const char *project, const char *output, bool quiet)
{
    const char *work = edited_work(arena, output);
    const struct project_build options = {
        .project = project, .output = output, .workers = pool_processors(), .quiet = quiet};
    return work ? build_by_cmake(arena, work) : build_here(arena, &options);
}
