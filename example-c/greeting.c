#include <stdio.h>

#include "greeting.h"

void greeting(const char *name, char *out, size_t size)
{
    snprintf(out, size, "Hello, %s!", name);
}
