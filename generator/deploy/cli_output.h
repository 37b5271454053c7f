/* cli_output.h - the outputs of the stack of resources, as users see them: those of resources with
 * `cli-output`, and those of the settings. */
#ifndef DEPLOY_CLI_OUTPUT_H
#define DEPLOY_CLI_OUTPUT_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct cli_output {
    const char *name; /* as it is shown: "LambdaPydayPyday" */
    const char *value;
    bool own; /* Gordon's own, of a resource with `cli-output` */
};

/* Returns all of `outputs`, the list in AWS's description of a stack: lambdas first, then by
 * name. The array is in `arena`, its strings belong to the list. */
struct cli_output *cli_outputs(struct arena *arena, const json_t *outputs, size_t *n);
/* Reports them as gordon apply does at its end; prints nothing if there are none. */
void cli_outputs_report(const struct cli_output *outputs, size_t n);

#endif
