#include <stdlib.h>
#include <string.h>

#include "aws/aws.h"
#include "base/diag.h"
#include "base/interrupt.h"
#include "base/mask.h"
#include "base/run.h"
#include "base/say.h"
#include "base/status_line.h"
#include "base/util.h"
#include "template/cfn.h"

enum {
    ERROR_MAX = 600,      /* a message may repeat a whole template */
    SECRET_ROOM = 65536,  /* more than the value of a parameter takes, encoded twice */
    CALL_SECONDS = 900,   /* far more than the CLI's own timeouts and retries take */
    TIDY_SECONDS = 60,    /* after a signal, when the user waits for the program to end */
    INVOKE_SECONDS = 940, /* no function runs longer than 900; the CLI waits for 910 */
};

static long call_seconds(void)
{
    const char *given = getenv("GORDON_AWS_TIMEOUT");
    long seconds = given ? strtol(given, NULL, 10) : 0;
    return seconds > 0 ? seconds : CALL_SECONDS;
}

void aws_init(struct aws *aws, struct arena *arena, const char *region, bool debug)
{
    const char *program = getenv("GORDON_AWS");
    *aws = (struct aws){.arena = arena,
                        .program = program && *program ? program : "aws",
                        .region = region,
                        .debug = debug,
                        .error = "",
                        .seconds = call_seconds()};
}

/* The CLI's prompt for a code; it needs a terminal, which we do not give it. */
#define MFA_WORDS "MFA code"

/* The CLI's error message begins so if the error is from AWS. */
static const char said_by_aws[] = "An error occurred (";

static const char *last_line(const char *text, size_t *len)
{
    const char *line = "";
    *len = 0;
    while (*text) {
        size_t n = strcspn(text, "\r\n");
        if (strspn(text, " \t") < n) {
            line = text;
            *len = n;
        }
        text += n + (text[n] != '\0');
    }
    return line;
}

/* Returns the line that says what went wrong: the last error from AWS, after which version 2 prints
 * details, or else the last line. Shortened, because it may quote the input. */
static const char *telling_line(struct arena *arena, const char *text)
{
    size_t len;
    const char *line = last_line(text, &len);
    for (const char *at = text; (at = strstr(at, said_by_aws)); at++) {
        line = at;
        len = strcspn(at, "\r\n");
    }
    return arena_printf(arena, "%.*s%s", (int)(len < ERROR_MAX ? len : ERROR_MAX), line,
                        len < ERROR_MAX ? "" : "...");
}

/* What the CLI wrote to standard error, masked. What was read last of too much may end within a
 * secret, which then would not be found. */
static const char *errors_of(struct aws *aws, const struct run *run)
{
    bool cut = run->err.len >= RUN_ERRORS_MAX;
    size_t len = cut ? RUN_ERRORS_MAX - SECRET_ROOM : run->err.len;
    return mask_text(arena_strndup(aws->arena, run->err.data ? run->err.data : "", len),
                     MASK_MESSAGES);
}

static void set_error(struct aws *aws, const struct run *run)
{
    const char *said = telling_line(aws->arena, errors_of(aws, run));
    if (interrupt_signal() && !aws->tidying)
        aws->error = "interrupted";
    else if (run->status < 0)
        aws->error = arena_printf(
            aws->arena, "%s %s%s", aws->program, run_words(aws->arena, run),
            run_is_missing(run) ? "; install the AWS CLI, or name it with GORDON_AWS" : "");
    else if (run->err.data && strstr(run->err.data, MFA_WORDS))
        aws->error = "the profile wants an " MFA_WORDS "; run aws sts get-caller-identity first, "
                     "which asks for it and caches the credentials";
    else if (*said && !run->late)
        aws->error = said;
    else
        aws->error =
            arena_printf(aws->arena, "%s %s %s %s%s", run->argv[0], run->argv[1], run->argv[2],
                         run_words(aws->arena, run), run->late ? "" : " and said nothing");
}

static const char *const environment[] = {
    "AWS_PAGER=", /* version 2 runs a pager even for programs */
    "AWS_CLI_AUTO_PROMPT=off",
    "AWS_DEFAULT_OUTPUT=json",
    "AWS_CLI_ERROR_FORMAT=legacy", /* the format that all versions have */
    NULL,
};

static long patience(const struct aws *aws)
{
    bool hurries = aws->tidying && interrupt_signal() && aws->seconds > TIDY_SECONDS;
    return hurries ? TIDY_SECONDS : aws->seconds;
}

/* Prepares `aws <words> --region ... --output json`; `input` goes to its standard input. */
static void make(struct aws *aws, const char *const *words, const char *input, struct run *run)
{
    const char **argv = NULL;
    size_t n = 0;
    bool copies = strcmp(words[0], "s3") == 0;
    array_push(aws->arena, argv, n, aws->program);
    for (; *words; words++)
        array_push(aws->arena, argv, n, *words);
    const char *const fixed[] = {"--region", aws->region, "--output", "json", NULL};
    for (size_t i = 0; i < countof(fixed); i++)
        array_push(aws->arena, argv, n, fixed[i]);
    *run = (struct run){.argv = argv,
                        .env = environment,
                        .input = input,
                        .input_len = input ? strlen(input) : 0,
                        .seconds = copies ? 0 : patience(aws),
                        .anyway = aws->tidying};
    if (aws->debug) {
        status_line_clear();
        say(stderr, "gordon: run: %s", run_line(aws->arena, argv));
    }
}

static bool call(struct aws *aws, const char *const *words, const char *input, struct run *run)
{
    make(aws, words, input, run);
    if (run_wait(run))
        return true;
    set_error(aws, run);
    return false;
}

static bool call_only(struct aws *aws, const char *const *words, const char *input)
{
    struct run run;
    bool ok = call(aws, words, input, &run);
    buf_free(&run.out);
    buf_free(&run.err);
    return ok;
}

/* Parses what the CLI printed: an object, or nothing if AWS answered nothing. */
static json_t *parse(struct aws *aws, const struct run *run)
{
    json_error_t error = {.text = "it is not an object"};
    json_t *json = NULL;
    if (run->out.len >= RUN_OUTPUT_MAX)
        snprintf(error.text, sizeof error.text, "it is over %d MB", RUN_OUTPUT_MAX >> 20);
    else
        json = run->out.len ? json_loadb(run->out.data, run->out.len, JSON_ALLOW_NUL, &error)
                            : json_object();
    if (json_is_object(json))
        return json;
    char *quoted = strstr(error.text, " near '"); /* the quoted text may be secret */
    if (quoted)
        *quoted = '\0';
    aws->error = arena_printf(aws->arena, "%s %s %s printed no JSON: %s", aws->program,
                              run->argv[1], run->argv[2], error.text);
    json_decref(json);
    return NULL;
}

/* Returns the output of a finished program as JSON, and frees its output; NULL with aws->error set
 * if it failed. */
static json_t *take_json(struct aws *aws, struct run *run)
{
    json_t *json = NULL;
    if (run->status != 0)
        set_error(aws, run);
    else
        json = parse(aws, run);
    buf_free(&run->out);
    buf_free(&run->err);
    return json;
}

static json_t *call_json(struct aws *aws, const char *const *words, const char *input)
{
    struct run run;
    make(aws, words, input, &run);
    run_wait(&run);
    return take_json(aws, &run);
}

void aws_together(struct aws *aws, struct aws_call *calls, size_t n)
{
    struct run *runs = arena_alloc(aws->arena, n * sizeof *runs);
    struct run **pointers = arena_alloc(aws->arena, n * sizeof *pointers);
    for (size_t i = 0; i < n; i++) {
        make(aws, calls[i].words, calls[i].input, &runs[i]);
        pointers[i] = &runs[i];
    }
    run_together(pointers, n);
    for (size_t i = 0; i < n; i++) {
        aws->error = "";
        calls[i].answer = take_json(aws, &runs[i]);
        calls[i].error = aws->error;
    }
}

bool aws_is_final(const struct aws *aws)
{
    static const char *const words[] = {"ExpiredToken",         "AccessDenied",
                                        "InvalidClientTokenId", "UnrecognizedClient",
                                        "NoCredentials",        "Unable to locate credentials",
                                        "cannot be started",    MFA_WORDS};
    for (size_t i = 0; i < countof(words); i++)
        if (strstr(aws->error, words[i]))
            return true;
    return interrupt_signal() != 0;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

json_t *aws_stack_in(const json_t *answer)
{
    json_t *stack = json_array_get(json_object_get(answer, "Stacks"), 0);
    return *cfn_text(stack, "StackStatus") ? json_incref(stack) : NULL;
}

json_t *aws_describe_stack(struct aws *aws, const char *name)
{
    json_t *answer =
        call_json(aws, WORDS("cloudformation", "describe-stacks", "--stack-name", name), NULL);
    if (!answer && strstr(aws->error, "does not exist"))
        return json_null();
    json_t *stack = aws_stack_in(answer);
    if (answer && !stack)
        aws->error = "aws cloudformation describe-stacks answered without the stack";
    json_decref(answer);
    return stack;
}

/* The CLI fetches all stacks; --query selects what it prints. */
json_t *aws_describe_stacks(struct aws *aws, const char *prefix)
{
    const char *all = "{Stacks: Stacks}", *query = all;
    if (str_is_made_of(prefix, STR_ALNUM "-")) /* no stack has others; they cannot be quoted */
        query = arena_printf(aws->arena, "{Stacks: Stacks[?starts_with(StackName, '%s')]}", prefix);
    return call_json(aws, WORDS("cloudformation", "describe-stacks", "--query", query), NULL);
}

json_t *aws_stack_events(struct aws *aws, const char *name, int most)
{
    json_t *answer = call_json(aws,
                               WORDS("cloudformation", "describe-stack-events", "--stack-name",
                                     name, "--max-items", arena_printf(aws->arena, "%d", most)),
                               NULL);
    json_t *events = json_incref(json_object_get(answer, "StackEvents"));
    if (answer && !events)
        aws->error = "aws cloudformation describe-stack-events answered without events";
    json_decref(answer);
    return events;
}

json_t *aws_call(struct aws *aws, const char *service, const char *operation, json_t *request)
{
    char *input = json_dumps(request, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_t *answer =
        call_json(aws, WORDS(service, operation, "--cli-input-json", "file:///dev/stdin"), input);
    free(input);
    json_decref(request);
    return answer;
}

enum { AT_ONCE = 8 }; /* each uses a processor for half a second */

/* Makes `n` calls side by side, at most AT_ONCE. */
static void call_some(struct aws *aws, const char *service, const char *operation,
                      struct aws_request *requests, size_t n)
{
    struct aws_call calls[AT_ONCE];
    char *inputs[AT_ONCE];
    const char *const words[] = {service, operation, "--cli-input-json", "file:///dev/stdin", NULL};
    for (size_t i = 0; i < n; i++) {
        inputs[i] = json_dumps(requests[i].input, JSON_COMPACT | JSON_ENSURE_ASCII);
        calls[i] = (struct aws_call){.words = words, .input = inputs[i]};
    }
    aws_together(aws, calls, n);
    for (size_t i = 0; i < n; i++) {
        requests[i].answer = calls[i].answer;
        requests[i].error = calls[i].error;
        json_decref(requests[i].input);
        free(inputs[i]);
    }
}

void aws_call_each(struct aws *aws, const char *service, const char *operation,
                   struct aws_request *requests, size_t n)
{
    for (size_t i = 0; i < n; i += AT_ONCE)
        call_some(aws, service, operation, requests + i, n - i < AT_ONCE ? n - i : AT_ONCE);
}

json_t *aws_create_change_set(struct aws *aws, json_t *request)
{
    return aws_call(aws, "cloudformation", "create-change-set", request);
}

bool aws_execute_change_set(struct aws *aws, const char *stack, const char *change_set,
                            const char *token)
{
    return call_only(aws,
                     WORDS("cloudformation", "execute-change-set", "--stack-name", stack,
                           "--change-set-name", change_set, "--client-request-token", token),
                     NULL);
}

bool aws_delete_change_set(struct aws *aws, const char *stack, const char *change_set)
{
    return call_only(aws,
                     WORDS("cloudformation", "delete-change-set", "--stack-name", stack,
                           "--change-set-name", change_set),
                     NULL);
}

bool aws_may_have_done(const struct aws *aws)
{
    return !strstr(aws->error, said_by_aws);
}

bool aws_delete_stack(struct aws *aws, const char *name, const char *token)
{
    return call_only(aws,
                     WORDS("cloudformation", "delete-stack", "--stack-name", name,
                           "--client-request-token", token),
                     NULL);
}

/* Whether `key` holds a list or nothing: the CLI leaves out an empty list. */
static bool is_list(const json_t *answer, const char *key)
{
    const json_t *list = json_object_get(answer, key);
    return answer && (!list || json_is_null(list) || json_is_array(list));
}

json_t *aws_list_versions(struct aws *aws, const char *bucket)
{
    /* only the fields that are used: there may be many versions */
    static const char query[] =
        "{Versions: Versions[].{Key: Key, VersionId: VersionId, IsLatest: IsLatest, Size: Size, "
        "ETag: ETag, LastModified: LastModified}, "
        "DeleteMarkers: DeleteMarkers[].{Key: Key, VersionId: VersionId}}";
    json_t *answer = call_json(
        aws, WORDS("s3api", "list-object-versions", "--bucket", bucket, "--query", query), NULL);
    if (!answer && strstr(aws->error, "NoSuchBucket"))
        return json_null();
    if (is_list(answer, "Versions") && is_list(answer, "DeleteMarkers"))
        return answer;
    if (answer)
        aws->error = "aws s3api list-object-versions answered without lists of versions";
    json_decref(answer);
    return NULL;
}

bool aws_upload(struct aws *aws, const char *dir, const char *bucket)
{
    const char *to = arena_printf(aws->arena, "s3://%s/", bucket);
    return call_only(aws, WORDS("s3", "cp", dir, to, "--recursive", "--only-show-errors"), NULL);
}

const char *aws_put_object(struct aws *aws, const char *bucket, const char *key, const char *file)
{
    bool tidying = aws->tidying;
    aws->tidying =
        !interrupt_signal(); /* once begun it must end: only its answer tells the version */
    json_t *answer = call_json(
        aws, WORDS("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", file), NULL);
    aws->tidying = tidying;
    const char *version = json_string_value(json_object_get(answer, "VersionId"));
    if (answer && !version)
        aws->error = "aws s3api put-object answered without a version; the bucket keeps none";
    version = version ? arena_strdup(aws->arena, version) : NULL;
    json_decref(answer);
    return version;
}

/* Returns --include=PATTERN for one key: `*`, `?` and `[` are special in a pattern, so they are put
 * in brackets. */
static const char *pattern_of(struct arena *arena, const char *key)
{
    struct buf out = {0};
    for (; *key; key++)
        if (strchr("*?[", *key))
            buf_printf(&out, "[%c]", *key);
        else
            buf_add(&out, key, 1);
    const char *pattern = arena_printf(arena, "--include=%s", out.data ? out.data : "");
    buf_free(&out);
    return pattern;
}

bool aws_download(struct aws *aws, const char *bucket, const char *dir, const char *const *keys,
                  size_t n)
{
    const char **words = NULL;
    size_t count = 0;
    const char *const first[] = {
        "s3",         "cp",          arena_printf(aws->arena, "s3://%s/", bucket),
        dir,          "--recursive", "--only-show-errors",
        "--exclude=*"};
    for (size_t i = 0; i < countof(first); i++)
        array_push(aws->arena, words, count, first[i]);
    for (size_t i = 0; i < n; i++)
        array_push(aws->arena, words, count, pattern_of(aws->arena, keys[i]));
    array_push(aws->arena, words, count, NULL);
    return call_only(aws, words, NULL);
}

bool aws_delete_objects(struct aws *aws, const char *bucket, json_t *objects)
{
    json_t *request = json_pack("{s:o, s:b}", "Objects", objects, "Quiet", 1);
    char *input = json_dumps(request, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_t *answer = call_json(
        aws, WORDS("s3api", "delete-objects", "--bucket", bucket, "--delete", "file:///dev/stdin"),
        input);
    const json_t *errors = json_object_get(answer, "Errors");
    const json_t *failed = json_is_array(errors) ? json_array_get(errors, 0) : errors;
    const char *key = json_string_value(json_object_get(failed, "Key"));
    const char *message = json_string_value(json_object_get(failed, "Message"));
    if (failed)
        aws->error = arena_printf(aws->arena, "%s: %s", key ? key : "an object",
                                  message ? message : "not deleted");
    bool ok = answer && !failed;
    free(input);
    json_decref(request);
    json_decref(answer);
    return ok;
}

const char *aws_account(struct aws *aws)
{
    json_t *answer = call_json(aws, WORDS("sts", "get-caller-identity"), NULL);
    const char *account = json_string_value(json_object_get(answer, "Account"));
    if (answer && !account)
        aws->error = "aws sts get-caller-identity answered without the account";
    account = account ? arena_strdup(aws->arena, account) : NULL;
    json_decref(answer);
    return account;
}

json_t *aws_stack_resources(struct aws *aws, const char *name)
{
    json_t *answer =
        call_json(aws, WORDS("cloudformation", "list-stack-resources", "--stack-name", name), NULL);
    if (!answer && strstr(aws->error, "does not exist"))
        return json_null();
    json_t *resources = json_incref(json_object_get(answer, "StackResourceSummaries"));
    if (answer && !resources)
        aws->error = "aws cloudformation list-stack-resources answered without resources";
    json_decref(answer);
    return resources;
}

/* Splits the output of `aws lambda invoke`: the function's answer, and then an object of the CLI's.
 * No object is nested in that, so it begins with the last '{'. */
static json_t *split_answer(struct aws *aws, const struct run *run, struct buf *answer)
{
    size_t from = run->out.len;
    while (from > 0 && run->out.data[--from] != '{')
        ;
    json_error_t error;
    json_t *head = json_loadb(run->out.data + from, run->out.len - from, 0, &error);
    if (json_is_object(head) && json_object_get(head, "StatusCode")) {
        buf_add(answer, run->out.data, from);
        return head;
    }
    json_decref(head);
    aws->error = arena_printf(aws->arena, "%s lambda invoke printed no JSON", aws->program);
    return NULL;
}

/* Payload and answer go through pipes, because both may be secret. Versions 1 and 2 both take
 * fileb:// as it is. The CLI's default read timeout is a minute, after which it would call a slower
 * function again and again; no function runs longer than 15 minutes. */
json_t *aws_invoke(struct aws *aws, const char *function, const char *qualifier, bool async,
                   const char *payload, struct buf *answer)
{
    struct run run;
    json_t *head = NULL;
    long seconds = aws->seconds;
    const char *kind = async ? "Event" : "RequestResponse", *log = async ? "None" : "Tail";
    aws->seconds = seconds > INVOKE_SECONDS ? seconds : INVOKE_SECONDS;
    if (call(aws,
             WORDS("lambda", "invoke", "--function-name", function, "--qualifier", qualifier,
                   "--invocation-type", kind, "--log-type", log, "--cli-read-timeout", "910",
                   "--payload", "fileb:///dev/stdin", "/dev/stdout"),
             payload, &run))
        head = split_answer(aws, &run, answer);
    aws->seconds = seconds;
    buf_add(answer, "", 0); /* terminated, even when nothing came */
    buf_free(&run.out);
    buf_free(&run.err);
    return head;
}
