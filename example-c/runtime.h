/* runtime.h - the connection of a program to Lambda: receives events and sends answers. */
#ifndef RUNTIME_H
#define RUNTIME_H
#include <stdbool.h>
#include <stddef.h>

/* Answers an event, which is JSON: writes JSON into `answer`, at most `size` bytes with the NUL.
 * Returns false for an error; then `answer` is its message, a text without '"' and '\'. */
typedef bool handler(const char *event, char *answer, size_t size);

/* Calls the handler for every event. Returns an exit status if Lambda cannot be reached. */
int runtime_run(handler *handle);

#endif
