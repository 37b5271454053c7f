/* fail.c - a library for LD_PRELOAD that lets one call of a program fail.
 *
 * Calls are counted by kind, from main on: by default those of the first process only, and never
 * those of programs that it runs. glibc's calls of itself cannot be seen, except allocations.
 *
 *   FAIL_COUNTS   a file with room for KINDS + 1 counters of 8 bytes: the calls of each kind, and
 *                 how many of them failed
 *   FAIL_KIND     the number of the kind (see test_failures.py)
 *   FAIL_AT       the number of the call that fails, from 1 on; none if missing
 *   FAIL_HOW      an errno; "short": half of the bytes are read or written; "end": no bytes are
 *   FAIL_ON       set: all later calls of the kind fail, too
 *   FAIL_FORKS    set: calls of forked processes count, too
 *   FAIL_TRACE    set: the stack of the call that fails goes to standard error
 *
 * Sleeps take no time: the clock that never goes back goes forward instead. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <regex.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind {
    ALLOC,
    OPEN,
    READ,
    WRITE,
    CLOSE,
    RENAME,
    MKDIR,
    LIST,
    LOOK,
    MAP,
    COPY,
    CHANGE,
    REMOVE,
    LOCK,
    START,
    WAIT,
    LOAD,
    KINDS
};
enum { WHOLE, FAILED, SHORT, END };

static atomic_ulong *counts;
static unsigned long at;
static int kind_that_fails, how, error;
static bool on, forks, trace;
static pid_t first;
static bool in_regcomp;

/* Counts a call. Returns how it fails, with errno set; WHOLE if it does not. */
static int fails(enum kind kind)
{
    if (!counts || in_regcomp || (!forks && getpid() != first))
        return WHOLE;
    unsigned long n = atomic_fetch_add(&counts[kind], 1) + 1;
    if ((int)kind != kind_that_fails || !at || n < at || (n > at && !on))
        return WHOLE;
    if (atomic_fetch_add(&counts[KINDS], 1) == 0 && trace) {
        void *stack[32];
        backtrace_symbols_fd(stack, backtrace(stack, 32), STDERR_FILENO);
    }
    errno = how == FAILED ? error : errno;
    return how;
}

static void read_environment(void)
{
    const char *file = getenv("FAIL_COUNTS"), *words = getenv("FAIL_HOW");
    int fd = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *map = mmap(NULL, (KINDS + 1) * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    first = getpid();
    on = getenv("FAIL_ON");
    forks = getenv("FAIL_FORKS");
    trace = getenv("FAIL_TRACE") && backtrace((void *[1]){0}, 1); /* the first call allocates */
    at = getenv("FAIL_AT") ? strtoul(getenv("FAIL_AT"), NULL, 10) : 0;
    kind_that_fails = getenv("FAIL_KIND") ? atoi(getenv("FAIL_KIND")) : 0;
    how = !words ? FAILED : !strcmp(words, "short") ? SHORT : !strcmp(words, "end") ? END : FAILED;
    error = words ? atoi(words) : 0;
    unsetenv("LD_PRELOAD");
    counts = map == MAP_FAILED ? NULL : map;
}

static int (*real_main)(int, char **, char **);

static int counted_main(int argc, char *argv[], char *environment[])
{
    read_environment();
    return real_main(argc, argv, environment);
}

#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
        *(void **)&real = dlsym(RTLD_NEXT, #name);

int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                      void (*)(void), void *);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*end)(void), void *stack)
{
    REAL(__libc_start_main)
    real_main = main;
    return real(counted_main, argc, argv, init, fini, end, stack);
}

/* name(parameters), a call of this kind: returns `failed` if it fails. */
#define WRAP(kind, failed, result, name, parameters, arguments)                                    \
    result name parameters                                                                         \
    {                                                                                              \
        REAL(name)                                                                                 \
        return fails(kind) ? failed : real arguments;                                              \
    }

/* The same for a call that moves `len` bytes. The end of a file is only faked for files: that of a
 * pipe is no failure. */
static bool is_file(int fd)
{
    struct stat st;
    static int (*real)(int, struct stat *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fstat");
    return real(fd, &st) == 0 && S_ISREG(st.st_mode);
}
#define WRAP_BYTES(kind, name, parameters, arguments)                                              \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        REAL(name)                                                                                 \
        int fate = is_file(fd) || how != END ? fails(kind) : WHOLE;                                \
        len = fate == SHORT && len > 1 ? len / 2 : len;                                            \
        return fate == FAILED ? -1 : fate == END ? 0 : real arguments;                             \
    }

/* --- memory: the allocator is glibc's, or that of a sanitizer -------------------------------- */

/* regcomp fails as a whole: glibc's frees memory twice when some of its own allocations fail. */
int regcomp(regex_t *regex, const char *pattern, int flags)
{
    REAL(regcomp)
    if (fails(ALLOC))
        return REG_ESPACE;
    in_regcomp = true;
    int result = real(regex, pattern, flags);
    in_regcomp = false;
    return result;
}

#define WRAP_ALLOC(name, parameters, arguments)                                                    \
    void *__libc_##name parameters;                                                                \
    void *name parameters                                                                          \
    {                                                                                              \
        static __typeof__(name) *real;                                                             \
        static bool finding;                                                                       \
        if (!real && !finding) {                                                                   \
            finding = true;                                                                        \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        }                                                                                          \
        return fails(ALLOC) ? NULL : real ? real arguments : __libc_##name arguments;              \
    }
WRAP_ALLOC(malloc, (size_t size), (size))
WRAP_ALLOC(calloc, (size_t n, size_t size), (n, size))
WRAP_ALLOC(realloc, (void *old, size_t size), (old, size))

/* --- files ------------------------------------------------------------------------------------ */

#define WRAP_OPEN(name, parameters, last, arguments)                                               \
    int name parameters                                                                            \
    {                                                                                              \
        REAL(name)                                                                                 \
        va_list list;                                                                              \
        va_start(list, last);                                                                      \
        int mode = flags & O_CREAT ? va_arg(list, int) : 0;                                        \
        va_end(list);                                                                              \
        return fails(OPEN) ? -1 : real arguments;                                                  \
    }
WRAP_OPEN(open, (const char *path, int flags, ...), flags, (path, flags, mode))
WRAP_OPEN(openat, (int dir, const char *path, int flags, ...), flags, (dir, path, flags, mode))
WRAP(OPEN, -1, int, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(OPEN, NULL, FILE *, fopen, (const char *path, const char *mode), (path, mode))
WRAP(OPEN, NULL, FILE *, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(OPEN, NULL, DIR *, opendir, (const char *path), (path))
WRAP(OPEN, NULL, DIR *, fdopendir, (int fd), (fd))
WRAP(LIST, NULL, struct dirent *, readdir, (DIR * dir), (dir))
WRAP(MKDIR, -1, int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(MKDIR, -1, int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
WRAP(MKDIR, NULL, char *, mkdtemp, (char *path), (path))
WRAP(RENAME, -1, int, rename, (const char *from, const char *to), (from, to))
WRAP(RENAME, -1, int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(RENAME, -1, int, symlink, (const char *to, const char *path), (to, path))
WRAP(RENAME, -1, int, link, (const char *from, const char *to), (from, to))
WRAP(REMOVE, -1, int, unlink, (const char *path), (path))
WRAP(REMOVE, -1, int, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
WRAP(REMOVE, -1, int, rmdir, (const char *path), (path))
WRAP(LOOK, -1, int, stat, (const char *path, struct stat *st), (path, st))
WRAP(LOOK, -1, int, lstat, (const char *path, struct stat *st), (path, st))
WRAP(LOOK, -1, int, fstat, (int fd, struct stat *st), (fd, st))
WRAP(LOOK, -1, int, fstatat, (int fd, const char *p, struct stat *st, int f), (fd, p, st, f))
WRAP(LOOK, -1, int, access, (const char *path, int mode), (path, mode))
WRAP(LOOK, -1, int, faccessat, (int dir, const char *p, int mode, int f), (dir, p, mode, f))
WRAP(LOOK, -1, ssize_t, readlink, (const char *p, char *to, size_t len), (p, to, len))
WRAP(LOOK, -1, ssize_t, readlinkat, (int dir, const char *p, char *to, size_t n), (dir, p, to, n))
WRAP(LOOK, NULL, char *, realpath, (const char *path, char *real_path), (path, real_path))
WRAP(LOOK, NULL, char *, getcwd, (char *path, size_t size), (path, size))
WRAP(CHANGE, -1, int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(CHANGE, -1, int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(CHANGE, -1, int, futimens, (int fd, const struct timespec times[2]), (fd, times))
WRAP(CHANGE, -1, off_t, lseek, (int fd, off_t offset, int whence), (fd, offset, whence))
WRAP(LOCK, -1, int, flock, (int fd, int operation), (fd, operation))
WRAP(MAP, MAP_FAILED, void *, mmap, (void *a, size_t n, int p, int f, int fd, off_t at_byte),
     (a, n, p, f, fd, at_byte))

WRAP_BYTES(READ, read, (int fd, void *data, size_t len), (fd, data, len))
WRAP_BYTES(READ, pread, (int fd, void *data, size_t len, off_t from), (fd, data, len, from))
WRAP_BYTES(WRITE, write, (int fd, const void *data, size_t len), (fd, data, len))
WRAP_BYTES(WRITE, pwrite, (int fd, const void *data, size_t len, off_t from), (fd, data, len, from))
WRAP_BYTES(COPY, copy_file_range, (int fd, off_t *a, int to, off_t *b, size_t len, unsigned flags),
           (fd, a, to, b, len, flags))

/* A file that could not be closed is closed nevertheless, as on Linux. */
int close(int fd)
{
    REAL(close)
    int fate = fails(CLOSE), closed = real(fd);
    errno = fate ? error : errno;
    return fate ? -1 : closed;
}

/* --- streams ---------------------------------------------------------------------------------- */

/* Sets what ferror returns; glibc has no function for it. */
static void *spoil(FILE *stream)
{
    stream->_flags |= 0x20; /* _IO_ERR_SEEN */
    return NULL;
}
#define WRAP_STREAM(kind, failed, result, name, parameters, arguments)                             \
    WRAP(kind, (spoil(stream), failed), result, name, parameters, arguments)
WRAP_STREAM(READ, 0, size_t, fread, (void *data, size_t size, size_t n, FILE *stream),
            (data, size, n, stream))
WRAP_STREAM(READ, NULL, char *, fgets, (char *line, int size, FILE *stream), (line, size, stream))
WRAP_STREAM(READ, -1, ssize_t, getline, (char **line, size_t *size, FILE *stream),
            (line, size, stream))
WRAP_STREAM(WRITE, EOF, int, fflush, (FILE * stream), (stream))

int fclose(FILE *stream)
{
    REAL(fclose)
    int fate = fails(CLOSE), closed = real(stream);
    errno = fate ? error : errno;
    return fate ? EOF : closed;
}

/* --- processes and the rest ------------------------------------------------------------------- */

WRAP(START, -1, int, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(START, -1, pid_t, fork, (void), ())
WRAP(START, -1, int, dup2, (int from, int to), (from, to))
WRAP(START, -1, int, execvp, (const char *file, char *const argv[]), (file, argv))
WRAP(WAIT, -1, pid_t, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
WRAP(WAIT, -1, int, poll, (struct pollfd * fds, nfds_t n, int time), (fds, n, time))
WRAP(LOAD, NULL, void *, dlopen, (const char *file, int flags), (file, flags))
WRAP(LOAD, NULL, char *, setlocale, (int category, const char *locale), (category, locale))
WRAP(LOAD, NULL, locale_t, newlocale, (int mask, const char *locale, locale_t base),
     (mask, locale, base))

static struct timespec slept;

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *time, const sigset_t *signals)
{
    REAL(ppoll)
    if (fails(WAIT))
        return -1;
    if (n || !time)
        return real(fds, n, time, signals);
    slept.tv_sec += time->tv_sec + (slept.tv_nsec + time->tv_nsec) / 1000000000;
    slept.tv_nsec = (slept.tv_nsec + time->tv_nsec) % 1000000000;
    return real(fds, n, &(struct timespec){0}, signals);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    REAL(clock_gettime)
    int result = real(clock, time);
    if (clock == CLOCK_MONOTONIC) {
        time->tv_sec += slept.tv_sec + (time->tv_nsec + slept.tv_nsec) / 1000000000;
        time->tv_nsec = (time->tv_nsec + slept.tv_nsec) % 1000000000;
    }
    return result;
}
