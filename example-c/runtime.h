/* runtime.h - Lambda's side of a program: events come in, and answers go out. */
#ifndef RUNTIME_H
#define RUNTIME_H
#include <stdbool.h>
#include <stddef.h>

/* Answers an event, which is JSON: writes JSON of at most `size` bytes with its end into `answer`.
 * False is an error; then `answer` is its message, a text without '"' and '\'. */
typedef bool handler(const char *event, char *answer, size_t size);

/* Gives every event to the handler. Returns when Lambda cannot be reached: a status for main. */
int runtime_run(handler *handle);

#endif
