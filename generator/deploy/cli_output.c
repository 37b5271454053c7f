#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "deploy/cli_output.h"
#include "resources/output.h"
#include "stacks/report.h"
#include "template/cfn.h"

static int by_name(const void *x, const void *y)
{
    const struct cli_output *a = x, *b = y;
    bool first = str_starts(a->name, "Lambda"), second = str_starts(b->name, "Lambda");
    return first != second ? (first ? -1 : 1) : strcmp(a->name, b->name);
}

struct cli_output *cli_outputs(struct arena *arena, const json_t *outputs, size_t *n)
{
    struct cli_output *list = NULL;
    size_t i;
    json_t *output;
    *n = 0;
    json_array_foreach((json_t *)outputs, i, output) {
        const char *key = cfn_text(output, "OutputKey");
        const bool own = str_starts(key, OUTPUT_OWN);
        const struct cli_output shown = {
            .name = own ? key + strlen(OUTPUT_OWN) : key,
            .value = cfn_text(output, "OutputValue"),
            .own = own,
        };
        array_push(arena, list, *n, shown);
    }
    if (*n)
        qsort(list, *n, sizeof *list, by_name);
    return list;
}

void cli_outputs_report(const struct cli_output *outputs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        report_output(outputs[i].name, outputs[i].value, i == 0);
}
