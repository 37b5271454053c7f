#include "apis/stage_variable.h"

#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"

bool stage_variable_check(const struct entry *entry)
{
    const struct node *key = entry->key, *value = entry->value;
    bool ok =
        str_is_made_of(key->name, STR_ALNUM "_") ||
        diag_error(EXIT_VALUE, key->pos,
                   "the name of a stage variable has letters, digits and '_', not '%s'", key->name);
    if (node_dynamic(value))
        return ok;
    if (!node_text(value))
        return diag_error(EXIT_VALUE, value->pos, "a stage variable is text, not %s",
                          node_kind_words(value));
    return (str_is_made_of(value->text, STR_ALNUM "-._~:/?#&=,") ||
            diag_error(EXIT_VALUE, value->pos,
                       "a stage variable has letters, digits and '-._~:/?#&=,', not '%s'",
                       value->text)) &&
           ok;
}
