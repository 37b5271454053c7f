/* Regular expressions of parameters: a pattern, and a name that it searches. */
#include <regex.h>
#include <string.h>

#include "base/pattern.h"
#include "base/util.h"
#include "fuzz.h"

enum { NAME_MAX_LENGTH = 255 }; /* of tables and streams */

void fuzz_target(const char *data, size_t len)
{
    const char *problem, *python = fuzz_part(&data, &len, NULL);
    char *name = fuzz_part(&data, &len, NULL);
    const char *pattern = pattern_posix(fuzz_arena, python, &problem);
    regex_t regex;
    fuzz_expect(!pattern == (problem && *problem), "a refusal has words");
    str_use_unicode();
    if (!pattern || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return;
    if (strlen(name) > NAME_MAX_LENGTH)
        name[NAME_MAX_LENGTH] = '\0';
    regexec(&regex, name, 0, NULL, 0);
    regfree(&regex);
}
