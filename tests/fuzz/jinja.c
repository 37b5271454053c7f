/* Jinja: a template, and an object of values. The result is the same twice, and no message shows a
 * value. */
#include <jansson.h>
#include <string.h>

#include "base/util.h"
#include "fuzz.h"
#include "jinja/render.h"

#define SECRET "a value that is no word"

static json_t *value_of(const char *name, void *data)
{
    if (strcmp(name, "secret") == 0)
        return json_string(SECRET);
    return json_incref(json_object_get(data, name));
}

static char *render(const char *template, json_t *values)
{
    return jinja_render(fuzz_arena, template, (struct pos){"parameters/dev.yml", 1, 1, 1}, value_of,
                        values);
}

void fuzz_target(const char *data, size_t len)
{
    size_t template_len;
    const char *template = fuzz_part(&data, &len, &template_len);
    json_t *values = json_loadb(len ? data : "", len, 0, NULL);
    if (strlen(template) == template_len) { /* settings have no NUL */
        const char *first = render(template, values), *second = render(template, values);
        fuzz_expect(first || diag_errors(), "a refusal is reported");
        fuzz_expect(!first == !second && (!first || !strcmp(first, second)),
                    "the result is the same twice");
        fuzz_flush();
        fuzz_expect(!strstr(fuzz_printed(), SECRET) || strstr(template, SECRET),
                    "no message shows a value");
    }
    json_decref(values);
}
