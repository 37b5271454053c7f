#include "deploy/answer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/util.h"
#include "deploy/payload.h"
#include "template/cfn.h"

/* Returns a stack trace. Runtimes give a list of lines; Python's entries have several
 * lines each, and Go's are objects. */
static const char *trace_words(struct arena *arena, const json_t *trace)
{
    struct buf out = {0};
    size_t i;
    json_t *line;
    json_array_foreach((json_t *)trace, i, line) {
        char *dumped =
            json_is_string(line) ? NULL : json_dumps(line, JSON_COMPACT | JSON_ENCODE_ANY);
        buf_adds(&out, dumped ? dumped : json_string_value(line));
        if (!str_ends(out.data, "\n"))
            buf_adds(&out, "\n");
        free(dumped);
    }
    const char *words = out.len ? arena_strdup(arena, out.data) : "";
    buf_free(&out);
    return words;
}

void answer_report_error(struct arena *arena, const char *lambda, const struct buf *text)
{
    json_t *error = json_loadb(text->data, text->len, JSON_DECODE_ANY, NULL);
    json_t *stack = json_object_get(error, "stackTrace");
    const char *type = arena_strdup(arena, cfn_text(error, "errorType"));
    const char *message = arena_strdup(arena, cfn_text(error, "errorMessage"));
    const char *trace = /* Node calls it "trace" */
        trace_words(arena, stack ? stack : json_object_get(error, "trace"));
    json_decref(error);
    const char *all = text->len ? text->data : "";
    if (*type || *message)
        all =
            arena_printf(arena, "%s%s%s\n%s", type, *type && *message ? ": " : "", message, trace);
    size_t first = strcspn(all, "\n");
    diag_error(EXIT_LAMBDA, (struct pos){0}, "the lambda '%s' failed: %.*s", lambda, (int)first,
               all);
    diag_lines(all[first] ? all + first + 1 : NULL);
}

static void end_line(FILE *stream, const struct buf *text)
{
    if (text->len && text->data[text->len - 1] != '\n')
        fputc('\n', stream);
}

void answer_show_text(FILE *stream, const struct buf *text, enum printable as)
{
    if (text->len)
        printable_write(stream, text->data, text->len, as);
    end_line(stream, text);
}

void answer_show(const struct buf *text)
{
    bool json = text->len && payload_is_json(text->data, text->len);
    if (json || isatty(STDOUT_FILENO)) {
        answer_show_text(stdout, text, json ? PRINTABLE_JSON : PRINTABLE_LINES);
    } else {
        fwrite(text->data, 1, text->len, stdout);
        end_line(stdout, text);
    }
}
