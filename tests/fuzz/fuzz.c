#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/run.h"
#include "base/util.h"
#include "fuzz.h"

struct arena *fuzz_arena;
void (*fuzz_answer)(struct run *run);
bool fuzz_locks, fuzz_raw;

/* Each input finds it empty. The sandbox of tests/fuzz/run.py has a /tmp of its own. */
static char folder[] = "/tmp/fuzz.XXXXXX";
static int start;    /* the folder in which the program was started */
static bool running; /* an input */

void fuzz_expect(bool ok, const char *what)
{
    if (ok)
        return;
    dprintf(STDERR_FILENO, "fuzz: not so: %s\n%s\n", what, running ? fuzz_printed() : "");
    abort();
}

/* --- what was printed --------------------------------------------------------------------- */

/* Standard output and error of an input. */
static struct stream {
    FILE **place, *real, *file;
    char *text;
    size_t len;
} streams[] = {{&stdout}, {&stderr}};

static void catch_printed(void)
{
    for (size_t i = 0; i < countof(streams); i++) {
        struct stream *s = &streams[i];
        s->real = *s->place;
        s->file = *s->place = open_memstream(&s->text, &s->len);
        fuzz_expect(s->file != NULL, "there is memory");
    }
}

static void release_printed(void)
{
    for (size_t i = 0; i < countof(streams); i++) {
        struct stream *s = &streams[i];
        fclose(s->file);
        free(s->text);
        *s->place = s->real;
    }
}

const char *fuzz_printed(void)
{
    fflush(stderr);
    return streams[1].text;
}

/* Whether a terminal or a log of CI takes the byte at `c` for a command: C0, DEL, or C1 in UTF-8.
 */
static bool is_control(const unsigned char *c)
{
    return (*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7F ||
           (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0);
}

static void check_printed(void)
{
    fflush(stdout);
    fuzz_printed();
    for (size_t i = fuzz_raw ? 1 : 0; i < countof(streams); i++) {
        fuzz_expect(strlen(streams[i].text) == streams[i].len, "no NUL is printed");
        for (const char *c = streams[i].text; *c; c++)
            fuzz_expect(!is_control((const unsigned char *)c), "no control character is printed");
    }
}

void fuzz_flush(void)
{
    diag_flush();
    diag_end();
    check_printed();
}

/* --- in place of the system --------------------------------------------------------------- */

void __real_exit(int status) __attribute__((noreturn));
void __wrap_exit(int status) __attribute__((noreturn));
bool __wrap_run_together(struct run *const runs[], size_t n);
bool __wrap_run_wait(struct run *run);
bool __wrap_run_sleep(double seconds);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_interrupt_signal(void);
void __wrap_interrupt_catch(void);
void __wrap_interrupt_release(void);
double __wrap_moment_steady(void);
long long __wrap_moment_now(void);

static int caught;
static double now; /* seconds since the input began */

/* Nothing that an input says may end the program: errors are reported. */
void __wrap_exit(int status)
{
    fuzz_expect(!running, "the code under test does not end the program");
    __real_exit(status);
}

bool __wrap_run_together(struct run *const runs[], size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        struct run *run = runs[i];
        run->status = -1;
        run->error = ENOENT;
        if (caught && !run->anyway)
            run->error = EINTR;
        else if (fuzz_answer)
            fuzz_answer(run);
        buf_add(&run->out, "", 0);
        buf_add(&run->err, "", 0);
        ok = ok && run->status == 0;
    }
    return ok;
}

bool __wrap_run_wait(struct run *run)
{
    return __wrap_run_together(&run, 1);
}

bool __wrap_run_sleep(double seconds)
{
    now += seconds > 0.001 ? seconds : 0.001;
    return !caught;
}

/* Files are written and read within one tick: file_stamp would wait for each. */
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    now += (double)time->tv_sec + (double)time->tv_nsec / 1e9;
    return 0;
}

int __wrap_interrupt_signal(void)
{
    return caught;
}

void fuzz_interrupt(void)
{
    caught = SIGINT;
}

void __wrap_interrupt_catch(void)
{
}

void __wrap_interrupt_release(void)
{
}

double __wrap_moment_steady(void)
{
    return now;
}

long long __wrap_moment_now(void)
{
    return 1764547200000 + (long long)(now * 1000); /* 2025-12-01 */
}

/* --- files -------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind;
    if (ftw->level)
        remove(path);
    return 0;
}

static void empty_folder(void)
{
    nftw(".", remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void make_folders(const char *path)
{
    char *part = arena_strdup(fuzz_arena, path);
    for (char *c = part; (c = strchr(c + 1, '/'));) {
        *c = '\0';
        mkdir(part, 0700);
        *c = '/';
    }
}

void fuzz_write(const char *path, const char *data, size_t len)
{
    FILE *out = fopen(path, "wbe");
    if (!out) {
        make_folders(path);
        out = fopen(path, "wbe");
    }
    fuzz_expect(out && fwrite(data, 1, len, out) == len && fclose(out) == 0, "a file is written");
}

/* --- inputs ------------------------------------------------------------------------------- */

static const char mark[] = "====\n";
enum { MARK = sizeof mark - 1 };

/* The next mark at the beginning of a line, or NULL. */
static const char *find_mark(const char *data, size_t len)
{
    for (const char *at = data; len - (size_t)(at - data) >= MARK; at++) {
        at = memmem(at, len - (size_t)(at - data), mark, MARK);
        if (!at || at == data || at[-1] == '\n')
            return at;
    }
    return NULL;
}

char *fuzz_part(const char **data, size_t *len, size_t *part_len)
{
    const char *end = *len ? find_mark(*data, *len) : NULL;
    size_t n = end ? (size_t)(end - *data) : *len, used = end ? n + MARK : n;
    char *part = arena_strndup(fuzz_arena, n ? *data : "", n);
    *data += used;
    *len -= used;
    if (part_len)
        *part_len = n;
    return part;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    static const char *const unset[] = {"GORDON_AWS", "GORDON_AWS_TIMEOUT", "AWS_DEFAULT_REGION",
                                        "AWS_REGION", "AWS_PROFILE",        "VAULT_ADDR"};
    for (size_t i = 0; i < countof(unset); i++)
        unsetenv(unset[i]);
    setenv("TZ", "UTC0", 1);
    start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fuzz_expect(start >= 0 && mkdtemp(folder), "there is a folder in /tmp");
    setenv("HOME", folder, 1);
    setenv("TMPDIR", folder, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    return 0;
}

/* Closes the descriptors from `first` on. Only locks of the whole process may be left open. */
static void close_left(int first)
{
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    fuzz_expect(next == first || fuzz_locks, "no descriptor is left open");
    close_range((unsigned)first, ~0U, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(first);
    caught = 0;
    now = 0;
    fuzz_expect(chdir(folder) == 0, "the folder is there");
    catch_printed();
    running = true;
    fuzz_arena = arena_new();
    fuzz_target((const char *)data, len);
    fuzz_flush();
    arena_free(fuzz_arena);
    close_left(first);
    running = false;
    release_printed();
    empty_folder();
    fuzz_expect(fchdir(start) == 0, "the first folder is there"); /* libFuzzer reads files there */
    return 0;
}
