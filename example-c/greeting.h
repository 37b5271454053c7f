#ifndef GREETING_H
#define GREETING_H
#include <stddef.h>

/* Writes a greeting of `name` into `out`. */
void greeting(const char *name, char *out, size_t size);

#endif
