#include "resources/cors_origin.h"
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"

bool cors_origin_check(const struct node *origin, bool pattern)
{
    if (node_dynamic(origin) || strcmp(origin->text, "*") == 0)
        return true;
    const char *text = origin->text, *rest = strstr(text, "://");
    return (rest && rest > text && strspn(text, STR_ALNUM "+.-") == (size_t)(rest - text) &&
            str_is_made_of(rest + strlen("://"),
                           pattern ? STR_ALNUM ".-_:[]*" : STR_ALNUM ".-_:[]")) ||
           diag_error(EXIT_VALUE, origin->pos,
                      "an origin is '*', or a scheme and a host as in https://shop.example, not "
                      "'%s'",
                      text);
}
