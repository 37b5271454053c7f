#include <string.h>

#include "base/util.h"
#include "languages/requirements_option.h"

static const struct requirements_option options[] = {
    {"--requirement", 'r', OPTION_REQUIREMENTS},
    {"--constraint", 'c', OPTION_CONSTRAINTS},
    {"--editable", 'e', OPTION_EDITABLE},
    {"--find-links", 'f', OPTION_FIND_LINKS},
    {"--index-url", 'i', OPTION_INDEX},
    {"--pypi-url", 0, OPTION_INDEX},
    {"--extra-index-url", 0, OPTION_INDEX},
    {"--no-index", 0, OPTION_FLAG},
    {"--no-binary", 0, OPTION_NO_BINARY},
    {"--only-binary", 0, OPTION_ONLY_BINARY},
    {"--prefer-binary", 0, OPTION_FLAG},
    {"--require-hashes", 0, OPTION_FLAG},
    {"--pre", 0, OPTION_FLAG},
    {"--trusted-host", 0, OPTION_VALUE},
    {"--use-feature", 0, OPTION_VALUE},
    {"--hash", 0, OPTION_OF_REQUIREMENT},
    {"--config-settings", 'C', OPTION_OF_REQUIREMENT},
    {"--config-setting", 0, OPTION_OF_REQUIREMENT},
    {"--global-option", 0, OPTION_OF_REQUIREMENT},
};

const struct requirements_option *requirements_option_of(const char *word)
{
    const struct requirements_option *found = NULL;
    size_t len = strcspn(word, "=");
    for (size_t i = 0; i < countof(options); i++) {
        if (word[0] == '-' && word[1] && word[1] != '-' && word[1] == options[i].letter)
            return &options[i];
        if (strncmp(word, "--", 2) != 0 || strncmp(word, options[i].name, len) != 0)
            continue;
        if (!options[i].name[len])
            return &options[i];
        if (found)
            return NULL;
        found = &options[i];
    }
    return len > 2 ? found : NULL;
}

const char *requirements_option_glued(const char *word)
{
    if (word[1] != '-')
        return word[2] ? word + 2 + (word[2] == '=') : NULL;
    const char *equals = strchr(word, '=');
    return equals ? equals + 1 : NULL;
}

bool requirements_argument_has_value(const char *word)
{
    static const char *const flags[] = {"--no-deps",
                                        "--no-index",
                                        "--pre",
                                        "--prefer-binary",
                                        "--require-hashes",
                                        "--upgrade",
                                        "-U",
                                        "--quiet",
                                        "-q",
                                        "--verbose",
                                        "-v",
                                        "--no-cache-dir",
                                        "--no-build-isolation",
                                        "--no-warn-conflicts",
                                        "--no-color",
                                        "--isolated",
                                        "--ignore-installed",
                                        "-I",
                                        "--force-reinstall",
                                        "--ignore-requires-python",
                                        "--no-warn-script-location"};
    return *word == '-' && !strchr(word, '=') && !str_one_of(word, flags, countof(flags));
}
