#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "resources/condition_check.h"
#include "settings/node.h"

/* Functions whose operands are conditions, and others that are one. */
static const char *const of_conditions[] = {"Fn::And", "Fn::Or", "Fn::Not"};
static const char *const others[] = {"Fn::Equals", "Condition", "Fn::Transform"};

bool condition_check(const struct node *condition)
{
    const struct entry *entry =
        condition->kind == NODE_MAP && condition->count == 1 ? condition->entries : NULL;
    const char *name = entry ? entry->key->text : "";
    bool ok = true;
    if (str_one_of(name, others, countof(others)))
        return true;
    if (!str_one_of(name, of_conditions, countof(of_conditions)))
        return diag_error(EXIT_VALUE, condition->pos,
                          "a condition is Fn::Equals, Fn::And, Fn::Or, Fn::Not or "
                          "{Condition: Name}, not %s",
                          function_is(condition)    ? name
                          : node_dynamic(condition) ? "a ref"
                                                    : node_kind_words(condition));
    for (size_t i = 0; entry->value->kind == NODE_LIST && i < entry->value->count; i++)
        ok = condition_check(entry->value->items[i]) && ok;
    return ok;
}
