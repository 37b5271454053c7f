/* Events for `gordon invoke`: the source, and then names, each with its value on the next lines, as
 * the command line gives them. An event is JSON, and the same each time. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "events/event.h"
#include "fuzz.h"

static bool same(const char *a, const char *b)
{
    return !a == !b && (!a || strcmp(a, b) == 0);
}

/* Both forms are the same JSON, which is UTF-8 and has no key twice. */
static void check(const char *text, const char *indented)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *other = indented ? json_loads(indented, JSON_REJECT_DUPLICATES, NULL) : NULL;
    fuzz_expect(json_is_object(json), "an event is an object of JSON");
    fuzz_expect(json_equal(json, other), "it is the same for people");
    json_decref(json);
    json_decref(other);
}

void fuzz_target(const char *data, size_t len)
{
    const char *source = fuzz_part(&data, &len, NULL);
    const char **values = NULL;
    size_t n = 0, end = strcspn(source, "\n");
    source = arena_strndup(fuzz_arena, source, end);
    while (len) {
        size_t size;
        char *word = fuzz_part(&data, &len, &size), *value = strchr(word, '\n');
        array_push(fuzz_arena, values, n, word);
        if (value)
            *value++ = '\0';
        array_push(fuzz_arena, values, n, value);
    }
    struct event event = {source, "eu-west-1", "dev", values, n};
    size_t errors = diag_errors();
    const char *made = event_make(fuzz_arena, &event);
    fuzz_expect(made ? diag_errors() == errors : diag_errors() > errors, "a refusal is reported");
    fuzz_flush();
    fuzz_expect(same(made, event_make(fuzz_arena, &event)), "it is the same each time");
    event.indented = true;
    if (made)
        check(made, event_make(fuzz_arena, &event));
}
