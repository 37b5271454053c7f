/* plan.h - what a build consists of, written down for the build system.
 *
 * <work>/plan.cmake calls a function for each settings file, template and lambda; and each lambda
 * has a file of its own, <work>/lambdas/<folder>/plan.json, which holds all that its zip depends on
 * besides the code. Files that stay the same are not touched, so that an edge that depends on one
 * runs only when something in it changed. */
#ifndef BUILD_PLAN_H
#define BUILD_PLAN_H
#include <stdbool.h>

struct arena;
struct model;
struct package;
struct step_file;

/* Writes the plan, and takes away zips and templates in `output` that are no longer part of it, and
 * Make's stamps of them in `work`. */
bool plan_write(const struct model *model, const struct step_file *files, const char *output,
                const char *work);
/* Takes away templates in `output` that are not among `files`. */
bool plan_clean_templates(struct arena *arena, const struct step_file *files, const char *output);
/* Notes that the zips of the model's lambdas will be ours, where they get no plan. */
bool plan_note_zips(const struct model *model, const char *work);
/* Takes away zips in `output` of lambdas that are not in the model. */
bool plan_clean_zips(const struct model *model, const char *output, const char *work);
/* A lambda's file as one text, which the caller frees: all that its zip depends on but the code. */
char *plan_text(const struct package *package);
/* Reads a lambda's file; NULL after an error. */
struct package *plan_read(struct arena *arena, const char *path);

#endif
