/* aws.h - the AWS CLI: one function for each call that Gordon makes.
 *
 * The program is GORDON_AWS, or `aws` in PATH. It is run by argument vector; what may be secret
 * goes through its standard input, and never into arguments or files. Its credentials, profile,
 * endpoint and retries are its own affair. Options are those that versions 1 and 2 share.
 *
 * A call that has not ended after GORDON_AWS_TIMEOUT seconds, by default 900, is given up; but for
 * `aws s3`, which copies folders, and takes as long as it takes. */
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
    const char *error; /* what the last call said when it failed, in one line */
    bool tidying;      /* calls are made after a signal, too: what is half done is taken away */
    long seconds;      /* for each call */
};

void aws_init(struct aws *aws, struct arena *arena, const char *region, bool debug);

/* A call, and what came of it. */
struct aws_call {
    const char *const *words; /* NULL-terminated: service, operation, options */
    const char *input;        /* for its standard input, or NULL */
    json_t *answer;           /* set: a new reference, or NULL and ... */
    const char *error;        /* ... what it said, in one line; "" else */
};

/* Makes calls that do not wait for each other, side by side. */
void aws_together(struct aws *aws, struct aws_call *calls, size_t n);

/* Calls that answer with JSON give a new reference, or NULL with aws->error set. Nothing is
 * reported: the caller knows what the failure means. */

/* The stack (new) that describe-stacks has answered with: an object that says its status; NULL when
 * the answer is something else. */
json_t *aws_stack_in(const json_t *answer);
/* An object with the stack's description; json_null when there is no such stack. */
json_t *aws_describe_stack(struct aws *aws, const char *name);
/* The stack's events, newest first. */
json_t *aws_stack_events(struct aws *aws, const char *name, int most);
/* `request` (stolen) is the whole of --cli-input-json. */
json_t *aws_create_change_set(struct aws *aws, json_t *request);
/* `token` is the ClientRequestToken: events say it, and a second call with it does nothing. */
bool aws_execute_change_set(struct aws *aws, const char *stack, const char *change_set,
                            const char *token);
bool aws_delete_change_set(struct aws *aws, const char *stack, const char *change_set);
/* Whether asking again would not help: keys, rights, or a signal. What else fails may be asked for
 * so often, each with the CLI's own retries. */
enum { AWS_LOOKS_THAT_FAIL = 5 };
bool aws_is_final(const struct aws *aws);
/* Whether the error of a call may hide that AWS did what was asked: it is none of AWS itself. */
bool aws_may_have_done(const struct aws *aws);
bool aws_delete_stack(struct aws *aws, const char *name, const char *token);
/* All stacks whose names begin so, as {"Stacks": [...]}: one call for whatever a stage has. */
json_t *aws_describe_stacks(struct aws *aws, const char *prefix);
/* {"Versions": [...], "DeleteMarkers": [...]} of a whole bucket; json_null when there is none. */
json_t *aws_list_versions(struct aws *aws, const char *bucket);
/* Uploads all files under `dir`, in parallel. */
bool aws_upload(struct aws *aws, const char *dir, const char *bucket);
/* Uploads one file; gives the version that it got, in aws->arena, or NULL. */
const char *aws_put_object(struct aws *aws, const char *bucket, const char *key, const char *file);
/* Brings the latest versions of these keys into a folder, under their keys. */
bool aws_download(struct aws *aws, const char *bucket, const char *dir, const char *const *keys,
                  size_t n);
/* Deletes a list of at most 1000 {"Key", "VersionId"} (stolen) from a bucket. */
bool aws_delete_objects(struct aws *aws, const char *bucket, json_t *objects);
/* Any other call: `aws <service> <operation>` with `request` (stolen) as --cli-input-json, which
 * may hold names that look like options, and secrets. */
json_t *aws_call(struct aws *aws, const char *service, const char *operation, json_t *request);
struct aws_request {
    json_t *input;     /* as the request of aws_call; stolen */
    json_t *answer;    /* set: a new reference, or NULL and ... */
    const char *error; /* ... what it said, in one line; "" else */
};
/* The same call for many things, a few side by side. */
void aws_call_each(struct aws *aws, const char *service, const char *operation,
                   struct aws_request *requests, size_t n);
/* The number of the account, or NULL. */
const char *aws_account(struct aws *aws);
/* All resources of a stack, a list of {"LogicalResourceId", "PhysicalResourceId", ...}; json_null
 * when there is no such stack. */
json_t *aws_stack_resources(struct aws *aws, const char *name);
/* Calls a function with a JSON text, and waits for its end unless `async`. Gives {"StatusCode",
 * "ExecutedVersion", "FunctionError", "LogResult"}, each where it is known, and adds to `answer`
 * what the function answered, byte by byte. */
json_t *aws_invoke(struct aws *aws, const char *function, const char *qualifier, bool async,
                   const char *payload, struct buf *answer);

#endif
