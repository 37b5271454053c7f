/* outputs.h - what a build writes, from what and by which commands, as JSON: `gordon plan --json`.
 *
 * Nothing is run and nothing written. All paths are absolute, so that the path of one output is
 * found among the inputs of another, and the document is the same whenever the project is. */
#ifndef BUILD_OUTPUTS_H
#define BUILD_OUTPUTS_H
#include <stdbool.h>

struct model;
struct step_file;

/* Prints the document on standard output. An output of which not all can be known, because building
 * it would fail, is in it too, and marked; the error is reported, and the result is false. */
bool outputs_print(const struct model *model, const struct step_file *files, const char *output,
                   const char *work);

#endif
