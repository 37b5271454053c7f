/* aws.h - the AWS CLI: one function for each call that Gordon makes.
 *
 * The program is GORDON_AWS, or `aws` in PATH. It is run by argument vector, without a shell.
 * Secrets go through its standard input, never into arguments or files. Its credentials, profile,
 * endpoint and retries are its own configuration. Only options that versions 1 and 2 share are
 * used.
 *
 * A call is ended after GORDON_AWS_TIMEOUT seconds, by default 900. Exceptions: aws_invoke waits at
 * least 940, and `aws s3`, which copies folders, has no limit. */
#ifndef AWS_AWS_H
#define AWS_AWS_H
#include <jansson.h>
#include <stdbool.h>

struct arena;
struct buf;

struct aws {
    struct arena *arena;
    const char *program;
    const char *region;
    bool debug;        /* print each command before it runs */
    const char *error; /* why the last call failed, in one line */
    bool tidying;      /* calls are made after a signal, too, to undo what is half done */
    long seconds;      /* limit for each call */
};

/* `region` is not copied; the program and the limit come from the environment. */
void aws_init(struct aws *aws, struct arena *arena, const char *region, bool debug);

/* A call, and its result. */
struct aws_call {
    const char *const *words; /* NULL-terminated: service, operation, options */
    const char *input;        /* for its standard input, or NULL */
    json_t *answer;           /* set: a new reference, or NULL if the call failed */
    const char *error;        /* set: why it failed, in one line, or "" */
};

/* Makes `n` calls side by side; they must not depend on each other. */
void aws_together(struct aws *aws, struct aws_call *calls, size_t n);

/* Functions that return json_t * return a new reference, or NULL with aws->error set; those that
 * return bool set aws->error before false. They report nothing: the caller knows what a failure
 * means. */

/* Returns the stack (a new reference) in an answer of describe-stacks; NULL if the answer has no
 * stack with a status. */
json_t *aws_stack_in(const json_t *answer);
/* Returns the stack's description; json_null if there is no such stack. */
json_t *aws_describe_stack(struct aws *aws, const char *name);
/* Returns at most `most` of the stack's events, newest first. */
json_t *aws_stack_events(struct aws *aws, const char *name, int most);
/* Creates a change set; `request` (stolen) is the whole of --cli-input-json. */
json_t *aws_create_change_set(struct aws *aws, json_t *request);
/* Executes a change set. `token` is the ClientRequestToken: events carry it, and a second call with
 * the same one does nothing. */
bool aws_execute_change_set(struct aws *aws, const char *stack, const char *change_set,
                            const char *token);
bool aws_delete_change_set(struct aws *aws, const char *stack, const char *change_set);
/* Whether the last call would fail again: for lack of credentials or permissions, or because of a
 * signal. Other calls that only look are given up after AWS_LOOKS_THAT_FAIL failures in a row, each
 * with the CLI's own retries. */
enum { AWS_LOOKS_THAT_FAIL = 5 };
bool aws_is_final(const struct aws *aws);
/* Whether AWS may have done what the last call asked for although it failed: the error is not from
 * AWS. */
bool aws_may_have_done(const struct aws *aws);
bool aws_delete_stack(struct aws *aws, const char *name, const char *token);
/* Returns all stacks whose names begin with `prefix`, as {"Stacks": [...]}, by a single call. If no
 * name can begin so, it may return all stacks. */
json_t *aws_describe_stacks(struct aws *aws, const char *prefix);
/* Returns {"Versions": [...], "DeleteMarkers": [...]} of a whole bucket; json_null if there is no
 * such bucket. */
json_t *aws_list_versions(struct aws *aws, const char *bucket);
/* Uploads all files under `dir`, in parallel. */
bool aws_upload(struct aws *aws, const char *dir, const char *bucket);
/* Uploads one file; returns its new version, in aws->arena, or NULL. */
const char *aws_put_object(struct aws *aws, const char *bucket, const char *key, const char *file);
/* Downloads the latest versions of these keys into the folder `dir`, under their keys. */
bool aws_download(struct aws *aws, const char *bucket, const char *dir, const char *const *keys,
                  size_t n);
/* Deletes a list of at most 1000 {"Key", "VersionId"} (stolen) from a bucket. */
bool aws_delete_objects(struct aws *aws, const char *bucket, json_t *objects);
/* Makes any other call: `aws <service> <operation>` with `request` (stolen) as --cli-input-json,
 * which may hold secrets, and names that look like options. */
json_t *aws_call(struct aws *aws, const char *service, const char *operation, json_t *request);
struct aws_request {
    json_t *input;     /* as the request of aws_call; stolen */
    json_t *answer;    /* set: a new reference, or NULL if the call failed */
    const char *error; /* set: why it failed, in one line, or "" */
};
/* Makes one call for each request, a few side by side. */
void aws_call_each(struct aws *aws, const char *service, const char *operation,
                   struct aws_request *requests, size_t n);
/* Returns the number of the account, in aws->arena, or NULL. */
const char *aws_account(struct aws *aws);
/* Returns all resources of a stack, a list of {"LogicalResourceId", "PhysicalResourceId", ...};
 * json_null if there is no such stack. */
json_t *aws_stack_resources(struct aws *aws, const char *name);
/* Calls a function with a JSON text, and waits for its end unless `async`. Returns {"StatusCode",
 * "ExecutedVersion", "FunctionError", "LogResult"}, each if it is known, and adds the function's
 * answer to `answer`, byte for byte. */
json_t *aws_invoke(struct aws *aws, const char *function, const char *qualifier, bool async,
                   const char *payload, struct buf *answer);

#endif
