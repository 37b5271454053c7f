/* cli_output.h - the outputs of a stack that people are shown: of resources with `cli-output`. */
#ifndef DEPLOY_CLI_OUTPUT_H
#define DEPLOY_CLI_OUTPUT_H
#include <jansson.h>
#include <stddef.h>

struct arena;

struct cli_output {
    const char *name; /* as it is shown: "LambdaPydayPyday" */
    const char *value;
};

/* Those in `outputs`, the list that AWS describes a stack with: lambdas first, as in the talk, then
 * by name. The texts are those of the list. */
struct cli_output *cli_outputs(struct arena *arena, const json_t *outputs, size_t *n);
/* Reports them, as gordon apply does at its end; nothing where there are none. */
void cli_outputs_report(const struct cli_output *outputs, size_t n);

#endif
