#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "base/utf8.h"
#include "base/util.h"
#include "deploy/caller_report.h"
#include "deploy/callers.h"
#include "deploy/deployment.h"

enum { SHOWN = 10, /* callers of each kind */ TEXT_WIDTH = 50 };

/* Returns the beginning of a text that is too long for a line. */
static const char *beginning(struct arena *arena, const char *text)
{
    size_t len = 0;
    if (str_characters(text) <= TEXT_WIDTH)
        return text;
    for (size_t i = 0; i < TEXT_WIDTH - 3; i++)
        len += utf8_length(text + len) ? utf8_length(text + len) : 1;
    return arena_printf(arena, "%.*s...", (int)len, text);
}

static void print_caller(const struct callers *callers, const struct caller *caller, int width)
{
    say(stdout, "  %-*s  %s -> %s%s", width, caller->kind,
        beginning(callers->in.deployment->arena, caller->source), caller->lambda,
        caller->applied ? "" : "  (not applied)");
}

/* Returns the index behind the last caller of the kind of the one at `begin`. */
static size_t end_of_kind(const struct callers *callers, size_t begin)
{
    size_t end = begin;
    while (end < callers->n && strcmp(callers->list[end].kind, callers->list[begin].kind) == 0)
        end++;
    return end;
}

void callers_print(const struct callers *callers)
{
    int width = 0; /* kinds are ASCII */
    for (size_t i = 0; i < callers->n; i++) {
        int len = (int)strlen(callers->list[i].kind);
        width = len > width ? len : width;
    }
    if (callers->n)
        printf("Callers:\n");
    for (size_t i = 0, end; i < callers->n; i = end) {
        end = end_of_kind(callers, i);
        bool all = end - i <= SHOWN + 1;
        for (size_t k = i; k < (all ? end : i + SHOWN); k++)
            print_caller(callers, &callers->list[k], width);
        if (!all)
            printf("  %*s  and %zu more, which --json shows\n", width, "", end - i - SHOWN);
    }
}

/* clang-format off */
json_t *callers_json(const struct callers *callers)
{
    json_t *list = json_array();
    for (size_t i = 0; i < callers->n; i++) {
        const struct caller *caller = &callers->list[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b}",
            "kind", caller->kind,
            "source", caller->source,
            "lambda", caller->lambda,
            "resource", caller->id,
            "applied", caller->applied));
    }
    return list;
}
/* clang-format on */
