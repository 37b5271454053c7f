#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/aws.h"
#include "base/base64.h"
#include "base/interrupt.h"
#include "base/printable.h"
#include "base/say.h"
#include "base/utf8.h"
#include "base/util.h"
#include "deploy/answer.h"
#include "deploy/invoke.h"
#include "deploy/payload.h"
#include "template/cfn.h"

struct answer {
    struct arena *arena;
    json_t *head;    /* of aws_invoke */
    struct buf text; /* the lambda's answer, or its error */
    struct buf log;
    bool failed; /* the lambda ended with an error */
};

/* --- the parts of an answer --------------------------------------------------------------- */

/* Returns bytes as a JSON string (new), with U+FFFD for bytes that are not UTF-8: the end of a log
 * may begin within a character. */
static json_t *json_bytes(const struct buf *bytes)
{
    struct buf text = {0};
    for (size_t i = 0; i < bytes->len;) {
        size_t len = utf8_length(bytes->data + i);
        len ? buf_add(&text, bytes->data + i, len) : buf_adds(&text, "\xEF\xBF\xBD");
        i += len ? len : 1;
    }
    json_t *json = json_stringn(text.data ? text.data : "", text.len);
    buf_free(&text);
    return json;
}

/* Returns the duration in milliseconds, from the last report of the log, which is text or JSON
 * (Lambda Developer Guide, "Log formats"); below 0 if there is none. */
static double duration(const struct buf *log)
{
    static const char *const keys[] = {"\tDuration: ", "\"durationMs\":"};
    const char *found = NULL;
    for (size_t i = 0; !found && i < countof(keys); i++)
        for (const char *c = log->data; c && (c = strstr(c, keys[i])); found = c)
            c += strlen(keys[i]);
    return found ? strtod(found, NULL) : -1;
}

/* --- what is shown ------------------------------------------------------------------------ */

/* Prints one object. The answer in it is copied byte by byte, so that no number changes. */
static void show_json(const struct answer *a)
{
    const char *key = a->failed ? "error" : "answer", *other = a->failed ? "answer" : "error";
    double time = duration(&a->log);
    json_t *rest = json_pack("{s:n, s:o, s:O?, s:o}", other, "log",
                             a->log.data ? json_bytes(&a->log) : json_null(), "version",
                             json_object_get(a->head, "ExecutedVersion"), "duration",
                             time < 0 ? json_null() : json_real(time));
    struct buf out = {0};
    buf_printf(&out, "{\"%s\":", key);
    if (payload_is_json(a->text.data, a->text.len)) {
        buf_add(&out, a->text.data, a->text.len);
    } else {
        json_t *text = a->text.len ? json_bytes(&a->text) : json_null();
        char *dumped = json_dumps(text, JSON_ENCODE_ANY);
        buf_adds(&out, dumped);
        free(dumped);
        json_decref(text);
    }
    char *dumped = cfn_dump(rest, JSON_COMPACT);
    buf_printf(&out, ",%s", dumped + strlen("{"));
    answer_show_text(stdout, &out, PRINTABLE_JSON);
    free(dumped);
    buf_free(&out);
    json_decref(rest);
}

static enum exit_code show(const struct invoke *invoke, struct answer *a)
{
    enum exit_code code = a->failed ? EXIT_LAMBDA : EXIT_DONE;
    if (invoke->json) {
        show_json(a);
        return code;
    }
    if (!invoke->quiet)
        answer_show_text(stderr, &a->log, PRINTABLE_LINES);
    if (!invoke->quiet && invoke->async)
        say(stderr, "handed over; gordon logs %s shows what it writes", invoke->lambda);
    if (a->failed)
        answer_report_error(a->arena, invoke->lambda, &a->text);
    else
        answer_show(&a->text);
    return code;
}

enum exit_code invoke_run(const struct invoke *invoke)
{
    struct answer a = {.arena = invoke->aws->arena};
    enum exit_code code = EXIT_OTHER;
    a.head = aws_invoke(invoke->aws, invoke->function, invoke->qualifier, invoke->async,
                        invoke->payload, &a.text);
    if (a.head) {
        a.failed = json_object_get(a.head, "FunctionError") != NULL;
        base64_decode(cfn_text(a.head, "LogResult"), &a.log);
        code = show(invoke, &a);
    } else if (interrupt_signal()) {
        diag_error(code, (struct pos){0}, "interrupted; the lambda may still run");
    } else {
        diag_error(code, (struct pos){0}, "the lambda '%s': %s", invoke->lambda,
                   invoke->aws->error);
    }
    json_decref(a.head);
    buf_free(&a.text);
    buf_free(&a.log);
    return code;
}
