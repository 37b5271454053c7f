/* wheel.h - names of wheels: NAME-VERSION(-BUILD)-PYTHON-ABI-PLATFORM.whl (PEP 427, PEP 425). */
#ifndef LANGUAGES_WHEEL_H
#define LANGUAGES_WHEEL_H
#include <stdbool.h>

struct arena;

struct wheel {
    const char *name, *version, *python, *abi, *platform;
};

/* Takes the name of a file apart. Returns false if it is not that of a wheel. */
bool wheel_parse(struct arena *arena, const char *file, struct wheel *wheel);
/* Whether a wheel of pure Python runs by this version of Python, such as "3.13". */
bool wheel_is_pure_for(struct arena *arena, const struct wheel *wheel, const char *version);

#endif
