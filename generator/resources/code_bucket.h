/* code_bucket.h - the bucket for the zips of the lambdas, which is in the project's own stack. */
#ifndef RESOURCES_CODE_BUCKET_H
#define RESOURCES_CODE_BUCKET_H
#include <jansson.h>

struct cfn;
struct project;

/* Adds the bucket to the project's stack, and an output with its name, or reports an error. */
void code_bucket_write(const struct project *project, struct cfn *cfn);
/* Declares the parameter CodeBucket in the template of the resources' stack. */
void code_bucket_declare(json_t *template);

#endif
