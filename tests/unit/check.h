/* check.h - a unit test is a program that uses CHECK, and ends with `return check_result()`. */
#ifndef CHECK_H
#define CHECK_H
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

static int check_count, check_failures;

/* Prints file, line and text of a false `condition`, and goes on. Returns the condition. */
#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)

static inline bool check_that(bool condition, const char *file, int line, const char *text)
{
    check_count++;
    if (!condition) {
        check_failures++;
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    }
    return condition;
}

static bool check_open_before[256];

/* Whether a descriptor is open that was not when the program began. */
static inline bool check_descriptor(int fd)
{
    return fcntl(fd, F_GETFD) >= 0 && !check_open_before[fd];
}

static __attribute__((constructor)) void check_begin(void)
{
    for (int fd = 0; fd < 256; fd++)
        check_open_before[fd] = check_descriptor(fd);
}

/* Returns the exit status of the test. What was opened must be closed again. */
static inline int check_result(void)
{
    for (int fd = 0; fd < 256; fd++)
        if (!CHECK(!check_descriptor(fd)))
            fprintf(stderr, "  descriptor %d was not closed\n", fd);
    printf("%d of %d checks passed\n", check_count - check_failures, check_count);
    return check_failures ? 1 : 0;
}

#endif
