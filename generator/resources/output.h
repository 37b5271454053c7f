/* output.h - the kind `outputs`: values that the stack of resources shows (CloudFormation User
 * Guide, "CloudFormation template Outputs syntax"). */
#ifndef RESOURCES_OUTPUT_H
#define RESOURCES_OUTPUT_H

extern const struct kind output_kind;

/* Begins the names of Gordon's own outputs, of resources with `cli-output`. Users see the rest. */
#define OUTPUT_OWN "Clioutput"

#endif
