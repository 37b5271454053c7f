#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/util.h"

enum { FIRST_BLOCK = 4 * 1024, ARENA_BLOCK = 64 * 1024, ALIGNMENT = 16 };

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(ALIGNMENT) char data[];
};

struct arena {
    struct block *blocks;
};

struct slot {
    const char *key;
    void *value;
};

static void *must(void *memory)
{
    if (!memory)
        fatal_memory();
    return memory;
}

void *memory_new(size_t size)
{
    return must(malloc(size ? size : 1));
}

char *memory_text(const char *text, size_t len)
{
    char *copy = memory_new(len + 1);
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void fatal_unless_missing(const char *path)
{
    static const int missing[] = {ENOENT, ENOTDIR, EACCES, EPERM,
                                  ELOOP,  EISDIR,  ENXIO,  ENAMETOOLONG};
    for (size_t i = 0; i < countof(missing); i++)
        if (errno == missing[i])
            return;
    fatal("%s cannot be read:", path);
}

void fatal_memory(void)
{
    fatal("out of memory");
}

struct arena *arena_new(void)
{
    return must(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        fatal_memory();
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        size_t room = block ? 2 * block->size : FIRST_BLOCK; /* most arenas stay small */
        room = room > ARENA_BLOCK ? ARENA_BLOCK : room;
        room = size > room ? size : room;
        block = must(calloc(1, sizeof *block + room));
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = block->data + block->used;
    block->used += size;
    return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        fatal("a text cannot be formatted:");
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void *array_room(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count & (count - 1)) /* not a power of two: there is room */
        return items;
    if (count == 1 && items) /* the first allocation holds two */
        return items;
    void *copy = arena_alloc(arena, (count ? count * 2 : 2) * size);
    if (items) /* NULL only if `count` is 0 */
        memcpy(copy, items, count * size);
    return copy;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    if (buf->len + len + 1 > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 256;
        while (cap < buf->len + len + 1)
            cap *= 2;
        buf->data = must(realloc(buf->data, cap));
        buf->cap = cap;
    }
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_adds(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        fatal("a text cannot be formatted:");
    char *text = memory_new((size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    buf_add(buf, text, (size_t)len);
    free(text);
}

void buf_add_item(struct buf *buf, const char *separator, const char *item)
{
    buf_adds(buf, buf->len ? separator : "");
    buf_adds(buf, item);
}

char *buf_text(struct arena *arena, struct buf *buf)
{
    char *text = arena_strndup(arena, buf->data ? buf->data : "", buf->len);
    buf_free(buf);
    return text;
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){0};
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h;
}

/* The slot of `key`, or the free slot for it. `cap` must be a power of two. */
static struct slot *find_slot(struct slot *slots, size_t cap, const char *key)
{
    size_t i = hash(key) & (cap - 1);
    while (slots[i].key && strcmp(slots[i].key, key) != 0)
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

void *table_get(const struct table *table, const char *key)
{
    return table->cap ? find_slot(table->slots, table->cap, key)->value : NULL;
}

static void table_grow(struct arena *arena, struct table *table)
{
    size_t cap = table->cap ? table->cap * 2 : 16;
    struct slot *slots = arena_alloc(arena, cap * sizeof *slots);
    for (size_t i = 0; i < table->cap; i++)
        if (table->slots[i].key)
            *find_slot(slots, cap, table->slots[i].key) = table->slots[i];
    table->slots = slots;
    table->cap = cap;
}

size_t table_keys(const struct table *table, const char **keys)
{
    size_t n = 0;
    for (size_t i = 0; i < table->cap; i++)
        if (table->slots[i].key)
            keys[n++] = table->slots[i].key;
    return n;
}

void *table_set(struct arena *arena, struct table *table, const char *key, void *value)
{
    if (table->count * 2 >= table->cap)
        table_grow(arena, table);
    struct slot *slot = find_slot(table->slots, table->cap, key);
    void *before = slot->value;
    if (!slot->key)
        table->count++;
    *slot = (struct slot){slot->key ? slot->key : key, value};
    return before;
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), n = strlen(suffix);
    return len >= n && strcmp(text + len - n, suffix) == 0;
}

enum { WORD_MAX = 64 }; /* longer words are never taken for a typo */

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* The Levenshtein distance, or SIZE_MAX for words that are too long. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), row[WORD_MAX + 1];
    if (n > WORD_MAX || m > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[m];
}

/* The only candidate that begins with `word`; NULL if there is none or more than one. */
static const char *longer(const char *word, const char *const *candidates, size_t n)
{
    enum { SHORTEST = 3 }; /* fewer letters are too vague */
    const char *only = NULL;
    for (size_t i = 0; strlen(word) >= SHORTEST && i < n; i++) {
        if (!str_starts(candidates[i], word) || strlen(candidates[i]) > WORD_MAX)
            continue;
        if (only)
            return NULL;
        only = candidates[i];
    }
    return only;
}

const char *str_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = longer(word, candidates, n);
    size_t least = strlen(word) / 3 + 1; /* a typo per three letters, and one more */
    if (best)
        return best;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, candidates[i]);
        if (d < least || (d == least && !best)) {
            least = d;
            best = candidates[i];
        }
    }
    return best;
}

size_t str_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

void str_use_unicode(void)
{
    static bool used;
    errno = 0;
    if (!used && !setlocale(LC_CTYPE, "C.UTF-8") && errno == ENOMEM)
        fatal_memory(); /* without this locale it stays C */
    used = true;
}

bool str_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

bool str_is_made_of(const char *text, const char *set)
{
    return *text && strspn(text, set) == strlen(text);
}

int str_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Takes no memory: there may be none. */
static void vwarn(const char *format, va_list args)
{
    char text[4096] = "gordon: ";
    int error = errno;
    size_t used = strlen(text);
    vsnprintf(text + used, sizeof text - used, format, args);
    used = strlen(text);
    if (str_ends(format, ":"))
        snprintf(text + used, sizeof text - used, " %s", strerror(error));
    printable_clean(text, strlen(text), PRINTABLE_WORD);
    fprintf(stderr, "%s\n", text);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vwarn(format, args);
    va_end(args);
}

void fatal(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vwarn(format, args);
    va_end(args);
    exit(1);
}
