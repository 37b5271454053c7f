/* requirements_option.h - the options of requirements files, and pip's arguments. */
#ifndef LANGUAGES_REQUIREMENTS_OPTION_H
#define LANGUAGES_REQUIREMENTS_OPTION_H
#include <stdbool.h>

/* What an option says. All but the last kinds are passed to pip as they are written. */
enum option_kind {
    OPTION_VALUE,
    OPTION_FLAG,
    OPTION_ONLY_BINARY,
    OPTION_INDEX,
    OPTION_OF_REQUIREMENT, /* follows a requirement */
    OPTION_FIND_LINKS,
    OPTION_REQUIREMENTS,
    OPTION_CONSTRAINTS,
    OPTION_EDITABLE,
    OPTION_NO_BINARY,
};

struct requirements_option {
    const char *name;
    char letter; /* of its short form, or 0 */
    enum option_kind kind;
};

/* The option that a word begins; it may be shortened, as optparse allows. NULL if there is none or
 * more than one. */
const struct requirements_option *requirements_option_of(const char *word);
/* The value in the same word, or NULL. */
const char *requirements_option_glued(const char *word);
/* Whether the word after an argument of pip is its value. */
bool requirements_argument_has_value(const char *word);

#endif
