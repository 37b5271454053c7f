/* Plan files of a lambda: plan.json and places.json. A package is the same when it is written and
 * read again. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "build/plan.h"
#include "fuzz.h"
#include "sources/package.h"

void fuzz_target(const char *data, size_t len)
{
    size_t n;
    const char *part = fuzz_part(&data, &len, &n);
    fuzz_write("plan.json", part, n);
    fuzz_write("places.json", data, len);
    const struct package *package = plan_read(fuzz_arena, "plan.json");
    if (!package) {
        fuzz_expect(diag_errors() > 0, "a refusal is reported");
        return;
    }
    const struct pos places[] = {package->pos, package->build_pos};
    for (size_t i = 0; i < 2; i++)
        diag_warning(places[i], "here");
    for (size_t i = 0; i < package->nplaces; i++)
        diag_warning(package->build_places[i], "here");
    char *text = plan_text(package);
    fuzz_expect(text != NULL, "what was read is UTF-8");
    fuzz_write("plan.json", text, strlen(text));
    const struct package *again = plan_read(fuzz_arena, "plan.json");
    char *second = again ? plan_text(again) : NULL;
    fuzz_expect(second && strcmp(text, second) == 0, "it is the same when it is read again");
    free(text);
    free(second);
}
