#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "check.h"

static void test_arena_memory(void)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 65535, 65536, 65537, 1000000};
    struct arena *arena = arena_new();
    for (int round = 0; round < 100; round++)
        for (size_t i = 0; i < countof(sizes); i++) {
            unsigned char *memory = arena_alloc(arena, sizes[i]);
            bool zero = true;
            for (size_t k = 0; k < sizes[i]; k += 97)
                zero = zero && memory[k] == 0;
            CHECK(zero && (uintptr_t)memory % _Alignof(max_align_t) == 0);
            if (sizes[i])
                memset(memory, 0xAA,
                       sizes[i]); /* ASan finds a byte too many, the next round a shared one */
        }
    arena_free(arena);
    arena_free(NULL);
}

static void test_arena_strings(void)
{
    struct arena *arena = arena_new();
    CHECK(strcmp(arena_strdup(arena, ""), "") == 0);
    CHECK(strcmp(arena_strdup(arena, "text"), "text") == 0);
    CHECK(strcmp(arena_strndup(arena, "text", 2), "te") == 0);
    CHECK(strcmp(arena_strndup(arena, NULL, 0), "") == 0);
    CHECK(strcmp(arena_printf(arena, "%s-%03d", "a", 7), "a-007") == 0);
    char *spaces = arena_printf(arena, "%100000s", "");
    CHECK(strlen(spaces) == 100000);
    arena_free(arena);
}

static void test_array(void)
{
    struct arena *arena = arena_new();
    for (size_t n = 0; n < 70; n++) {
        size_t *items = NULL, count = 0;
        bool same = true;
        for (size_t i = 0; i < n; i++)
            array_push(arena, items, count, i * i);
        for (size_t i = 0; i < n; i++)
            same = same && items[i] == i * i;
        CHECK(same && count == n);
    }
    struct {
        char text[24];
    } *large = NULL, item = {"an item of a struct"};
    size_t count = 0;
    for (int i = 0; i < 1000; i++)
        array_push(arena, large, count, item);
    CHECK(count == 1000 && strcmp(large[999].text, item.text) == 0);
    arena_free(arena);
}

static void test_buf(void)
{
    struct buf buf = {0};
    buf_add(&buf, NULL, 0);
    CHECK(buf.len == 0 && strcmp(buf.data, "") == 0);
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i);
    CHECK(buf.len == 3890 && str_starts(buf.data, "0,1,2,") && str_ends(buf.data, "998,999,"));
    buf_add(&buf, "\0x", 2);
    CHECK(buf.len == 3892 && buf.data[3891] == 'x' && buf.data[3892] == '\0');
    buf_free(&buf);
    CHECK(!buf.data && !buf.len);
    buf_free(&buf);
    for (size_t len = 250; len < 260; len++) { /* around the first capacity, 256 */
        char text[300];
        memset(text, 'a', sizeof text);
        buf_add(&buf, text, len);
        CHECK(buf.len == len && strlen(buf.data) == len);
        buf_free(&buf);
    }
}

static void test_table_of_many(void)
{
    enum { N = 20000 };
    struct arena *arena = arena_new();
    struct table table = {0};
    static int values[N];
    CHECK(!table_get(&table, "0"));
    for (int i = 0; i < N; i++)
        CHECK(!table_set(arena, &table, arena_printf(arena, "%d", i), &values[i]));
    CHECK(table.count == N);
    bool all = true;
    for (int i = 0; i < N; i++)
        all = all && table_get(&table, arena_printf(arena, "%d", i)) == &values[i];
    CHECK(all);
    CHECK(!table_get(&table, "-1") && !table_get(&table, "") && !table_get(&table, "00"));
    arena_free(arena);
}

/* A table of 16 slots has 8 keys. Many of these have the same first slot, so they move on, also
 * past the end. */
static void test_table_collisions(void)
{
    struct arena *arena = arena_new();
    for (int first = 0; first < 500; first++) {
        struct table table = {0};
        int values[8];
        for (int i = 0; i < 8; i++)
            table_set(arena, &table, arena_printf(arena, "k%d", first + i * 37), &values[i]);
        bool all = table.cap == 16;
        for (int i = 0; i < 8; i++)
            all =
                all && table_get(&table, arena_printf(arena, "k%d", first + i * 37)) == &values[i];
        CHECK(all && !table_get(&table, "another"));
    }
    arena_free(arena);
}

static void test_table_replaces(void)
{
    struct arena *arena = arena_new();
    struct table table = {0};
    int a, b;
    CHECK(table_set(arena, &table, "key", &a) == NULL);
    CHECK(table_set(arena, &table, "key", &b) == &a);
    CHECK(table_get(&table, "key") == &b && table.count == 1);
    CHECK(table_set(arena, &table, "", &a) == NULL && table_get(&table, "") == &a);
    arena_free(arena);
}

static void test_nearest(void)
{
    static const char *const keys[] = {"memory", "timeout", "role", "runtime", "code", "vpc"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"memory", "memory"},
        {"memroy", "memory"},
        {"memori", "memory"},
        {"Memory", "memory"},
        {"tiemout", "timeout"},
        {"rol", "role"},
        {"run-time", "runtime"},
        {"cod", "code"},
        {"vcp", "vpc"},
        {"tim", "timeout"}, /* the only one with this beginning */
        {"ti", NULL},
        {"elephant", NULL},
        {"xyz", NULL},
        {"memory-size", NULL},
        {"timeoutttt", "timeout"},
        {"runtimeeeee", "runtime"},
        {"", NULL},
    };
    char longer[100];
    memset(longer, 'a', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    for (size_t i = 0; i < countof(cases); i++) {
        const char *near = str_nearest(cases[i].word, keys, countof(keys));
        if (!CHECK(near == cases[i].nearest ||
                   (near && cases[i].nearest && strcmp(near, cases[i].nearest) == 0)))
            fprintf(stderr, "  %s: %s\n", cases[i].word, near ? near : "none");
    }
    CHECK(!str_nearest("memory", keys, 0));
    static const char *const events[] = {"event_pattern", "event_sources"};
    CHECK(!str_nearest("even", events, countof(events))); /* two have this beginning */
    CHECK(!str_nearest(longer, (const char *const[]){longer},
                       1)); /* longer than the maximum of a word */
    CHECK(!str_nearest("memory", (const char *const[]){longer}, 1));
    CHECK(!str_nearest(longer, keys, countof(keys)));
    CHECK(strcmp(str_nearest("ab", (const char *const[]){"ax", "ay"}, 2), "ax") ==
          0); /* the first one of equals */
}

static void test_strings(void)
{
    CHECK(str_starts("abc", "ab") && str_starts("abc", "") && !str_starts("a", "ab"));
    CHECK(str_ends("abc", "bc") && str_ends("abc", "") && !str_ends("c", "bc"));
    CHECK(str_characters("") == 0 && str_characters("abc") == 3);
    CHECK(str_characters("\u00E9\u65E5\U0001F600") == 3);
    const char *words[] = {"b", "a", "B", "", "aa", "\u00E9"};
    qsort(words, countof(words), sizeof *words, str_compare);
    CHECK(strcmp(words[0], "") == 0 && strcmp(words[1], "B") == 0 && strcmp(words[2], "a") == 0 &&
          strcmp(words[3], "aa") == 0 && strcmp(words[5], "\u00E9") == 0);
}

/* What a process prints with warn() on standard error. */
static const char *warned(struct arena *arena, const char *format, int error)
{
    static char text[8192];
    int fds[2];
    CHECK(pipe(fds) == 0);
    if (fork() == 0) {
        dup2(fds[1], STDERR_FILENO);
        errno = error;
        warn(format, "a\tword");
        _exit(0);
    }
    close(fds[1]);
    ssize_t len = read(fds[0], text, sizeof text);
    close(fds[0]);
    wait(NULL);
    return arena_strndup(arena, text, len > 0 ? (size_t)len : 0);
}

static void test_warn(void)
{
    struct arena *arena = arena_new();
    CHECK(strcmp(warned(arena, "%s is wrong", ENOENT), "gordon: a?word is wrong\n") == 0);
    CHECK(strcmp(warned(arena, "%s:", ENOENT), "gordon: a?word: No such file or directory\n") == 0);
    const char *text = warned(arena, "%5000s:", EIO);
    CHECK(strlen(text) == 4096 && str_ends(text, " \n"));
    arena_free(arena);
}

int main(void)
{
    test_arena_memory();
    test_arena_strings();
    test_array();
    test_buf();
    test_table_of_many();
    test_table_collisions();
    test_table_replaces();
    test_nearest();
    test_strings();
    test_warn();
    return check_result();
}
