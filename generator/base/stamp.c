#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/stamp.h"

enum {
    SECOND = 1000000000,  /* all in nanoseconds */
    AHEAD_MAX = 20000000, /* two ticks of the slowest clock, which has CONFIG_HZ=100 */
    WAITS_MAX = 5,
};

static long long nanoseconds(struct timespec time)
{
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* The clock that file systems use. */
static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return nanoseconds(time);
}

struct file_stamp file_stamp_now(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        bool missing = file_look(path) == FILE_MISSING;
        return (struct file_stamp){.size = missing ? 0 : -1, .settled = missing};
    }
    return (struct file_stamp){nanoseconds(st.st_mtim), nanoseconds(st.st_ctim), st.st_size,
                               st.st_ino, false};
}

/* How long until a stamp is settled. Times in whole seconds come from a file system that keeps no
 * others. */
static long long unsettled_for(const struct file_stamp *stamp)
{
    long long tick = stamp->changed % SECOND == 0 ? 2LL * SECOND : 1;
    return stamp->changed + tick - now();
}

struct file_stamp file_stamp(const char *path)
{
    struct file_stamp stamp = file_stamp_now(path);
    for (int waits = 0; stamp.number && !stamp.settled; waits++) {
        long long left = unsettled_for(&stamp);
        stamp.settled = left <= 0;
        if (left > AHEAD_MAX || waits == WAITS_MAX)
            break;
        if (left > 0) {
            nanosleep(&(struct timespec){.tv_nsec = AHEAD_MAX / 4}, NULL);
            stamp = file_stamp_now(path);
        }
    }
    return stamp;
}

bool file_is_same(const struct file_stamp *recorded, const char *path)
{
    struct file_stamp stamp = file_stamp_now(path);
    return recorded->settled && file_same_stamp(recorded, &stamp);
}

bool file_same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->modified == b->modified && a->changed == b->changed && a->size == b->size &&
           a->number == b->number;
}
