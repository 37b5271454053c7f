/* check.h - a unit test is a program that uses CHECK, and ends with `return check_result()`. */
#ifndef CHECK_H
#define CHECK_H
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

/* Returns the exit status of the test. */
static inline int check_result(void)
{
    printf("%d of %d checks passed\n", check_count - check_failures, check_count);
    return check_failures ? 1 : 0;
}

#endif
