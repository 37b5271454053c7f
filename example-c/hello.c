/* A lambda in C: {"name": "you"} is answered with {"message": "Hello, you!"}. */
#include <stdio.h>
#include <string.h>

#include "greeting.h"
#include "runtime.h"

/* Copies the text under "name" in an event. To read more than that, use a JSON library. */
static bool read_name(const char *event, char *name, size_t size)
{
    const char *key = strstr(event, "\"name\"");
    const char *start = key ? strchr(key + strlen("\"name\""), '"') : NULL;
    size_t len = start ? strcspn(start + 1, "\"\\") : 0;
    if (!start || start[1 + len] != '"' || len >= size)
        return false;
    memcpy(name, start + 1, len);
    name[len] = '\0';
    return true;
}

static bool hello(const char *event, char *answer, size_t size)
{
    char name[256], message[512];
    if (!read_name(event, name, sizeof name)) {
        snprintf(answer, size, "the event has no name");
        return false;
    }
    greeting(name, message, sizeof message);
    snprintf(answer, size, "{\"message\": \"%s\"}", message);
    return true;
}

int main(void)
{
    return runtime_run(hello);
}
