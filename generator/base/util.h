/* util.h - memory, strings, growing arrays and a string table; knows nothing of Gordon. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H
#include <stdarg.h>  /* for va_list */
#include <stdbool.h> /* for bool */
#include <stddef.h>  /* for size_t */

#define countof(array)             (sizeof(array) / sizeof *(array))
#define printf_like(string, first) __attribute__((format(printf, string, first)))

/* Like malloc, but never NULL: the program ends if there is no memory. Libraries that take an
 * allocator get this one. */
void *memory_new(size_t size);

/* A copy of `len` bytes and a NUL in such memory. */
char *memory_text(const char *text, size_t len);

/* An arena gives memory that lives until arena_free; nothing is freed one by one. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Zeroed and aligned for any type. Never NULL: the program ends if there is no memory. */
void *arena_alloc(struct arena *arena, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) printf_like(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args);

/* Appends to an array in an arena. Its capacity is its count rounded up to a power of two, and at
 * least 2. */
#define array_push(arena, items, count, item)                                                      \
    ((items) = array_room((arena), (items), (count), sizeof *(items)), (items)[(count)++] = (item))
/* Returns `items`, or a copy with twice the room, so that one more item of `size` bytes fits. */
void *array_room(struct arena *arena, void *items, size_t count, size_t size);

/* A growing string on the heap, NUL-terminated once something was added. */
struct buf {
    char *data;
    size_t len, cap;
};
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_adds(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) printf_like(2, 3);
/* Adds an item to a list, behind `separator` unless it is the first. */
void buf_add_item(struct buf *buf, const char *separator, const char *item);
/* Returns the text as a copy in the arena, and frees the buffer. */
char *buf_text(struct arena *arena, struct buf *buf);
void buf_free(struct buf *buf);

/* Maps strings to pointers. Zeroed memory is an empty table. Keys are not copied. */
struct table {
    struct slot *slots;
    size_t count, cap;
};
/* The value of `key`, or NULL. */
void *table_get(const struct table *table, const char *key);
/* Sets `key` to `value`, which must not be NULL. Returns the value before, or NULL. */
void *table_set(struct arena *arena, struct table *table, const char *key, void *value);
/* Puts all keys into `keys`, in no order; returns their number, `count`. */
size_t table_keys(const struct table *table, const char **keys);

bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
/* The candidate most similar to `word`, or NULL if none is similar enough. */
const char *str_nearest(const char *word, const char *const *candidates, size_t n);
/* The number of characters of a UTF-8 text. */
size_t str_characters(const char *text);
/* Sets LC_CTYPE to C.UTF-8, so that the C library's regular expressions and functions of wide
 * characters see characters, not bytes. Call it only where needed: it takes as long as reading a
 * small lambda. */
void str_use_unicode(void);
/* Whether the text is one of `n` words. */
bool str_one_of(const char *text, const char *const *words, size_t n);
/* Whether the text is not empty and has only characters of `set`. */
bool str_is_made_of(const char *text, const char *set);
#define STR_LOWER  "abcdefghijklmnopqrstuvwxyz"
#define STR_UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define STR_DIGITS "0123456789"
#define STR_ALNUM  STR_LOWER STR_UPPER STR_DIGITS
/* Compares two `char *` elements by strcmp, for qsort. */
int str_compare(const void *a, const void *b);

/* Prints "gordon: ..." to standard error; a format that ends in ':' appends strerror(errno). */
void warn(const char *format, ...) printf_like(1, 2);
/* Like warn; then exits with status 1. */
void fatal(const char *format, ...) printf_like(1, 2) __attribute__((noreturn));
/* After a call failed for `path`: ends the program, unless errno says that there is nothing, or
 * nothing that this user may read. For questions whose answer would be wrong otherwise. */
void fatal_unless_missing(const char *path);
/* Ends the program because there is no memory, with the same words everywhere. */
void fatal_memory(void) __attribute__((noreturn));

#endif
