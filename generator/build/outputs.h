/* outputs.h - what a build writes, from which files and by which commands: `gordon plan --json`.
 *
 * Nothing is run or written. All paths are absolute, so that the path of one output can be found
 * among the inputs of another. The same project gives the same document. */
#ifndef BUILD_OUTPUTS_H
#define BUILD_OUTPUTS_H
#include <stdbool.h>

struct model;
struct package_dirs;
struct step_file;

/* Prints the document on standard output. An output that would fail to build is included with what
 * is known, and marked as failed: its error is reported, and the function returns false. */
bool outputs_print(const struct model *model, const struct step_file *files,
                   const struct package_dirs *dirs);

#endif
