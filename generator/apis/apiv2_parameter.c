#include <string.h>

#include "apis/apiv2_parameter.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"

/* "append:header.x", "remove:querystring.x", "overwrite:path", and so on. */
static bool is_change(const char *key)
{
    static const char *const changes[] = {"append:", "overwrite:", "remove:"};
    static const char *const places[] = {"header.", "querystring."};
    for (size_t c = 0; c < countof(changes); c++)
        for (size_t p = 0; str_starts(key, changes[c]) && p < countof(places); p++) {
            const char *place = key + strlen(changes[c]);
            if (str_starts(place, places[p]) && place[strlen(places[p])])
                return true;
        }
    return strcmp(key, "overwrite:path") == 0;
}

bool apiv2_parameters_check(const struct node *parameters)
{
    bool ok = true;
    for (size_t i = 0; node_set(parameters) && i < parameters->count; i++) {
        const struct node *key = parameters->entries[i].key;
        if (!is_change(key->text))
            ok = diag_error(EXIT_VALUE, key->pos,
                            "a parameter is append, overwrite or remove and header.<name> or "
                            "querystring.<name>, as in append:header.x, or overwrite:path, not "
                            "'%s'",
                            key->text);
    }
    return ok;
}
