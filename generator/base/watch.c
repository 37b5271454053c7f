#include "base/watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/moment.h"
#include "base/util.h"

enum {
    EVENTS = IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
             IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
    EVENTS_SIZE = 65536,
};

/* A folder by one of its paths: links may lead to it by several. */
struct folder {
    const char *path;
    bool every; /* all names in it count */
    struct folder *other;
};

struct watch {
    int fd;
    struct arena *arena;
    struct table inputs;   /* paths of what is in folders of which not every name counts */
    struct table by_path;  /* to struct folder */
    struct folder **by_id; /* by the number that the kernel gives; NULL for unused ones */
    size_t nids, nfolders;
    const char *left_out;
};

static bool report(const char *limit, const char *value)
{
    return diag_error(EXIT_OTHER, (struct pos){0},
                      "the system does not watch more folders (%s): end programs that watch, or "
                      "raise the limit by sysctl %s=%s",
                      limit, limit, value);
}

struct watch *watch_open(void)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0 && errno == EMFILE)
        report("fs.inotify.max_user_instances", "1024");
    else if (fd < 0)
        diag_error(EXIT_OTHER, (struct pos){0}, "files cannot be watched: %s", strerror(errno));
    if (fd < 0)
        return NULL;
    struct arena *arena = arena_new();
    struct watch *watch = arena_alloc(arena, sizeof *watch);
    watch->fd = fd;
    watch->arena = arena;
    return watch;
}

void watch_close(struct watch *watch)
{
    if (!watch)
        return;
    close(watch->fd);
    arena_free(watch->arena);
}

void watch_leave_out(struct watch *watch, const char *folder)
{
    watch->left_out = folder;
}

size_t watch_count(const struct watch *watch)
{
    return watch->nfolders;
}

int watch_fd(const struct watch *watch)
{
    return watch->fd;
}

/* --- what is watched ------------------------------------------------------------------------ */

static void keep(struct watch *watch, int id, struct folder *folder)
{
    while (watch->nids <= (size_t)id)
        array_push(watch->arena, watch->by_id, watch->nids, NULL);
    folder->other = watch->by_id[id];
    watch->nfolders += !folder->other;
    watch->by_id[id] = folder;
}

static bool add_folder(struct watch *watch, const char *path, bool every)
{
    struct folder *folder = table_get(&watch->by_path, path);
    if (folder) {
        folder->every = folder->every || every;
        return true;
    }
    int id = inotify_add_watch(watch->fd, path, EVENTS);
    if (id < 0)
        return errno != ENOSPC || report("fs.inotify.max_user_watches", "524288");
    folder = arena_alloc(watch->arena, sizeof *folder);
    folder->path = path;
    folder->every = every;
    table_set(watch->arena, &watch->by_path, path, folder);
    keep(watch, id, folder);
    return true;
}

/* The way to a missing file may be missing, too: then the first folder that appears counts. */
bool watch_add(struct watch *watch, const char *path)
{
    if (watch->left_out && path_within(path, watch->left_out))
        return true;
    enum file_kind kind = file_look(path);
    if (kind == FILE_FOLDER && !add_folder(watch, path, true))
        return false;
    const char *folder = path_dir(watch->arena, path);
    while (kind == FILE_MISSING && strcmp(folder, "/") != 0 && file_look(folder) == FILE_MISSING) {
        path = folder;
        folder = path_dir(watch->arena, path);
    }
    table_set(watch->arena, &watch->inputs, path, (char *)path);
    return add_folder(watch, folder, false);
}

static bool is_of_a_tool(const char *name)
{
    static const char *const names[] = {".git",  ".hg",  "node_modules", "__pycache__",
                                        ".venv", "venv", ".tox",         ".mypy_cache"};
    return str_one_of(name, names, countof(names));
}

/* Links are not followed: they may lead in circles. */
static bool is_folder(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool watch_add_tree(struct watch *watch, const char *folder)
{
    const char **list = NULL;
    size_t n = 0, count;
    array_push(watch->arena, list, n, folder);
    for (size_t i = 0; i < n; i++) {
        if (!add_folder(watch, list[i], true))
            return false;
        char **names = file_list(watch->arena, list[i], &count);
        for (size_t k = 0; names && k < count; k++) {
            const char *path = path_join(watch->arena, list[i], names[k]);
            if (!is_of_a_tool(names[k]) && is_folder(path) &&
                !(watch->left_out && path_within(path, watch->left_out)))
                array_push(watch->arena, list, n, path);
        }
    }
    return true;
}

/* --- what has changed ----------------------------------------------------------------------- */

static bool counts_in(const struct watch *watch, const struct folder *folder,
                      const struct inotify_event *event)
{
    if (!event->len) /* the folder itself */
        return (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0;
    struct arena *arena = arena_new();
    const char *path = path_join(arena, folder->path, event->name);
    bool counts = !(watch->left_out && path_within(path, watch->left_out)) &&
                  (folder->every || table_get(&watch->inputs, path));
    arena_free(arena);
    return counts;
}

static bool counts(const struct watch *watch, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    if (event->wd < 0 || (size_t)event->wd >= watch->nids)
        return false;
    for (const struct folder *f = watch->by_id[event->wd]; f; f = f->other)
        if (counts_in(watch, f, event))
            return true;
    return false;
}

bool watch_changed(struct watch *watch)
{
    _Alignas(struct inotify_event) char events[EVENTS_SIZE];
    bool changed = false;
    ssize_t len;
    while ((len = read(watch->fd, events, sizeof events)) > 0)
        for (char *at = events; at < events + len;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)at;
            changed = counts(watch, event) || changed;
            at += sizeof *event + event->len;
        }
    return changed;
}

bool watch_wait(struct watch *watch, long quiet, long most)
{
    bool changed = watch_changed(watch);
    double since = moment_steady();
    while (!interrupt_signal()) {
        struct pollfd fds = {watch->fd, POLLIN, 0};
        bool enough = changed && (moment_steady() - since) * 1000 >= most;
        int n = enough ? 0 : interrupt_poll(&fds, 1, changed ? quiet : 3600 * 1000);
        if (n == 0 && changed)
            return true;
        if (n > 0 && watch_changed(watch) && !changed) {
            changed = true;
            since = moment_steady();
        }
    }
    return false;
}
