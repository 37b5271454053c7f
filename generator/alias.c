#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "aws.h"
#include "cfn.h"
#include "diag.h"
#include "util.h"

static const char name[] = "current";

static bool fail(const struct aws *aws, const char *function)
{
    return diag_error(EXIT_OTHER, (struct pos){0}, "lambda %s: %s", function, aws->error);
}

static bool read_one(struct aws *aws, struct alias *alias)
{
    alias->version = NULL;
    if (!alias->function)
        return true;
    json_t *answer =
        aws_call(aws, "lambda", "get-alias",
                 json_pack("{s:s, s:s}", "FunctionName", alias->function, "Name", name));
    if (answer)
        alias->version = arena_strdup(aws->arena, cfn_text(answer, "FunctionVersion"));
    json_decref(answer);
    return answer || strstr(aws->error, "ResourceNotFoundException") || fail(aws, alias->function);
}

bool alias_read(struct aws *aws, struct alias *aliases, size_t n)
{
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = read_one(aws, &aliases[i]);
    return ok;
}

static int by_number(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

long *alias_versions(struct aws *aws, const char *function, size_t *n)
{
    json_t *answer = aws_call(aws, "lambda", "list-versions-by-function",
                              json_pack("{s:s}", "FunctionName", function));
    const json_t *list = json_object_get(answer, "Versions");
    long *versions = arena_alloc(aws->arena, (json_array_size(list) + 1) * sizeof *versions);
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        long version = strtol(cfn_text(json_array_get(list, i), "Version"), NULL, 10);
        if (version) /* and not $LATEST */
            versions[(*n)++] = version;
    }
    qsort(versions, *n, sizeof *versions, by_number);
    json_decref(answer);
    if (answer)
        return versions;
    fail(aws, function);
    return NULL;
}

bool alias_move(struct aws *aws, const char *function, long version)
{
    json_t *answer = aws_call(aws, "lambda", "update-alias",
                              json_pack("{s:s, s:s, s:o}", "FunctionName", function, "Name", name,
                                        "FunctionVersion", json_sprintf("%ld", version)));
    json_decref(answer);
    return answer || fail(aws, function);
}
