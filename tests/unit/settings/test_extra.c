#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "check.h"
#include "settings/extra.h"

static void test_shell_syntax(void)
{
    static const struct {
        const char *text, *syntax;
    } cases[] = {
        {"", NULL},
        {"--production", NULL},
        {"--production && rm -rf test", "&&"},
        {"a&&b", "&&"},
        {"a || b", "||"},
        {"a ; b", ";"},
        {"a; b", ";"},
        {"a;", ";"},
        {"> log", ">"},
        {"-q >log", ">"},
        {"-q 2>/dev/null", "2>"},
        {"< in", "<"},
        {"a | b", "|"},
        {"a &", "&"},
        {"$(pwd)", "$"},
        {"\"$(pwd)\"", "$"},
        {"--index-url https://$USER@host", "$"},
        {"${HOME}/x", "$"},
        {"`pwd`", "`"},
        /* arguments */
        {"requests>=2,<3", NULL},
        {"'requests>=2; python_version<\"3\"'", NULL},
        {"requests>=2;python_version<'3'", NULL},
        {"--index-url http://host/?a=1&b=2", NULL},
        {"'a && b' \"c > d\"", NULL},
        {"'$HOME'", NULL},
        {"\\$HOME \\&\\& \\;", NULL},
        {"price$ 5$ a|b", NULL},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *found = extra_shell_syntax(cases[i].text);
        if (!CHECK(found == cases[i].syntax ||
                   (found && cases[i].syntax && strcmp(found, cases[i].syntax) == 0)))
            fprintf(stderr, "  %s: %s\n", cases[i].text, found ? found : "none");
    }
}

int main(void)
{
    test_shell_syntax();
    return check_result();
}
