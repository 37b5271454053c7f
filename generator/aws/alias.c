#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/alias.h"
#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "template/cfn.h"

static const char name[] = "current";

static bool fail(const struct aws *aws, const char *function)
{
    return diag_error(EXIT_OTHER, (struct pos){0}, "lambda %s: %s", function, aws->error);
}

/* Takes the answer to one request. A function without the alias is no error. */
static bool take(struct aws *aws, struct alias *alias, const struct aws_request *request)
{
    if (request->answer)
        alias->version = arena_strdup(aws->arena, cfn_text(request->answer, "FunctionVersion"));
    aws->error = request->error;
    return request->answer || strstr(request->error, "ResourceNotFoundException") ||
           fail(aws, alias->function);
}

bool alias_read(struct aws *aws, struct alias *aliases, size_t n)
{
    struct aws_request *requests = arena_alloc(aws->arena, (n + 1) * sizeof *requests);
    size_t asked = 0, taken = 0;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        aliases[i].version = NULL;
        if (aliases[i].function)
            requests[asked++] =
                (struct aws_request){.input = json_pack("{s:s, s:s}", "FunctionName",
                                                        aliases[i].function, "Name", name)};
    }
    aws_call_each(aws, "lambda", "get-alias", requests, asked);
    for (size_t i = 0; i < n; i++)
        if (aliases[i].function)
            ok = ok && take(aws, &aliases[i], &requests[taken++]);
    for (size_t i = 0; i < asked; i++)
        json_decref(requests[i].answer);
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
        if (version) /* $LATEST is no number */
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
