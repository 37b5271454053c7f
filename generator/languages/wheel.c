#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "languages/wheel.h"

bool wheel_parse(struct arena *arena, const char *file, struct wheel *wheel)
{
    char *text = arena_strdup(arena, file), *parts[6] = {0};
    size_t n = 0;
    if (!str_ends(text, ".whl"))
        return false;
    text[strlen(text) - strlen(".whl")] = '\0';
    for (char *part; n < countof(parts) && (part = strsep(&text, "-"));)
        parts[n++] = part;
    if (text || n < 5)
        return false;
    *wheel = (struct wheel){parts[0], parts[1], parts[n - 3], parts[n - 2], parts[n - 1]};
    return true;
}

/* Whether a tag such as py3, py310 or cp313 fits Python 3.`minor`. */
static bool fits(const char *tag, long minor)
{
    if (str_starts(tag, "cp3") && strlen(tag) > strlen("cp3"))
        return strtol(tag + strlen("cp3"), NULL, 10) == minor;
    return str_starts(tag, "py3") && strtol(tag + strlen("py3"), NULL, 10) <= minor;
}

bool wheel_is_pure_for(struct arena *arena, const struct wheel *wheel, const char *version)
{
    long minor = strtol(version + strcspn(version, ".") + 1, NULL, 10);
    char *tags = arena_strdup(arena, wheel->python);
    bool found = false;
    for (char *tag; (tag = strsep(&tags, "."));)
        found = found || fits(tag, minor);
    return found && strcmp(wheel->abi, "none") == 0 && strcmp(wheel->platform, "any") == 0;
}
