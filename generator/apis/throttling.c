#include <stdlib.h>
#include <string.h>

#include "apis/throttling.h"
#include "base/diag.h"
#include "base/util.h"
#include "settings/node.h"
#include "settings/schema.h"
#include "template/cfn.h"

enum { KEY_MAX = 64 };

static const struct field fields[] = {
    {"rate", FIELD_TEXT},
    {"burst", FIELD_INT, .max = 1000000, .unit = "requests"},
};

/* Requests in a second, which need not be a whole number. */
static bool check_rate(const struct node *rate)
{
    if (!node_set(rate) || node_dynamic(rate))
        return true;
    bool number =
        rate->kind == NODE_INT ? rate->integer >= 0 : rate->kind == NODE_REAL && rate->real >= 0;
    return number || diag_error(EXIT_VALUE, rate->pos,
                                "rate is a number of requests in a second, not '%s'", rate->text);
}

bool throttling_check(const struct node *throttling)
{
    if (!node_set(throttling))
        return true;
    if (!schema_check(fields, countof(fields), throttling, throttling, "throttling") ||
        !check_rate(node_get(throttling, "rate")))
        return false;
    return node_set(node_get(throttling, "rate")) || node_set(node_get(throttling, "burst")) ||
           diag_error(EXIT_REQUIRED, throttling->pos, "throttling needs 'rate' or 'burst'");
}

static void set(json_t *object, const char *prefix, const char *name, json_t *value)
{
    char key[KEY_MAX];
    snprintf(key, sizeof key, "%s%s", prefix, name);
    if (value)
        json_object_set_new(object, key, value);
}

void throttling_write(json_t *object, const char *prefix, const struct node *throttling)
{
    const struct node *rate = node_get(throttling, "rate"), *burst = node_get(throttling, "burst");
    if (node_set(rate))
        set(object, prefix, "RateLimit",
            rate->kind == NODE_REAL ? json_real(rate->real) : cfn_int(rate));
    if (node_set(burst))
        set(object, prefix, "BurstLimit", cfn_int(burst));
}
