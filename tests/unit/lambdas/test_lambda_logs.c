#include <string.h>

#include "base/util.h"
#include "check.h"
#include "lambdas/lambda_logs.h"
#include "settings/node.h"

static struct arena *arena;

/* Whether these are the settings of logs, in this order, whose defaults do not count. */
static bool unfit(const char *yaml, const char *expected)
{
    const char *keys[8] = {0};
    struct buf all = {0};
    size_t n = lambda_logs_unfit(node_parse(arena, "x.yml", yaml, strlen(yaml)), keys);
    for (size_t i = 0; i < n && i < countof(keys); i++)
        buf_printf(&all, "%s ", keys[i]);
    return strcmp(buf_text(arena, &all), expected) == 0;
}

int main(void)
{
    arena = arena_new();
    CHECK(unfit("{}", "") && unfit("{log-format: json}", ""));
    CHECK(unfit("{log-format: text}", "log-level system-log-level "));
    CHECK(unfit("{log-group: 'ref://Group'}", "log-retention "));
    CHECK(unfit("{log-group: 'ref://Group', log-format: Text}",
                "log-retention log-level system-log-level "));
    arena_free(arena);
    return check_result();
}
