#include "deploy/log_group.h"
#include "base/diag.h"
#include "base/util.h"
#include "deploy/deployment.h"
#include "deploy/logs.h"
#include "lambdas/lambda.h"
#include "lambdas/lambda_logs.h"
#include "template/cfn.h"

/* Takes the group of a function's configuration, or Lambda's own if it names none. */
static bool take_answer(struct deployment *d, struct log_source *source,
                        const struct aws_request *request)
{
    const char *group = cfn_text(json_object_get(request->answer, "LoggingConfig"), "LogGroup");
    if (!request->answer)
        return diag_error(EXIT_OTHER, (struct pos){0}, "the log group of '%s': %s", source->lambda,
                          request->error);
    if (*group)
        source->group = arena_strdup(d->arena, group);
    return true;
}

/* Asks Lambda for the groups of those sources that `asked` has. */
static bool ask(struct deployment *d, struct log_source *const *asked, size_t n)
{
    struct aws_request *requests = arena_alloc(d->arena, (n + 1) * sizeof *requests);
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        requests[i].input = json_pack("{s:s}", "FunctionName", asked[i]->function);
    aws_call_each(&d->aws, "lambda", "get-function-configuration", requests, n);
    for (size_t i = 0; i < n; i++) {
        ok = take_answer(d, asked[i], &requests[i]) && ok;
        json_decref(requests[i].answer);
    }
    return ok;
}

bool log_groups_find(struct deployment *d, const struct table *names,
                     const struct lambda *const *lambdas, struct log_source *sources, size_t n)
{
    struct log_source **asked = NULL;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        struct log_source *source = &sources[i];
        source->group = table_get(names, lambda_log_group_id(d->arena, lambdas[i]));
        if (source->group)
            continue;
        source->group = arena_printf(d->arena, "/aws/lambda/%s", source->function);
        if (lambda_log_group_is_foreign(lambdas[i]->settings))
            array_push(d->arena, asked, count, source);
    }
    return !count || ask(d, asked, count);
}
