/* plan.h - the plan of a build: what it consists of, in files that the build system reads.
 *
 * <work>/plan.list has a line for each settings file, template and lambda: fields with tabs between
 * them, in which syntax of CMake stands as %XX. gordon_add_project reads it as data, so that no
 * text of the settings can become code. Each lambda also has its own file,
 * <work>/lambdas/<folder>/plan.json, with everything except the code that its zip depends on. A
 * file whose content stays the same is not touched, so that an edge that depends on it runs only if
 * something in it changed. */
#ifndef BUILD_PLAN_H
#define BUILD_PLAN_H
#include <stdbool.h>

struct arena;
struct model;
struct package;
struct package_dirs;
struct step_file;

/* <work>/output has the path of the build's outputs, and <output>/.gordon/work that of the work
 * folder: absolute, in one line. <output>/.gordon/state is the record of `gordon build`, which has
 * no plan. Who writes one of the two removes the other. */
#define PLAN_OUTPUT "output"
#define PLAN_WORK   ".gordon/work"
#define PLAN_STATE  ".gordon/state"

/* Writes the plan. Removes zips and templates of the output folder that are no longer part of it,
 * and Make's stamps of such zips. Code of "build://" may be missing until it is packed. This and
 * the next three functions return false after a reported error. */
bool plan_write(const struct model *model, const struct step_file *files,
                const struct package_dirs *dirs);
/* Removes templates in `output` that are not among `files`. */
bool plan_clean_templates(struct arena *arena, const struct step_file *files, const char *output);
/* Records the names of the model's zips in the output folder itself: plan_clean_zips removes only
 * zips that it knows, and `cmake --fresh` removes the work folder. */
bool plan_note_zips(const struct model *model, const char *output);
/* Removes zips in `output` whose lambdas are not in the model any more. */
bool plan_clean_zips(const struct model *model, const char *output, const char *work);
/* The content of a lambda's file as one text, which the caller frees; NULL if a path in it is not
 * UTF-8. */
char *plan_text(const struct package *package);
/* Reads a lambda's file. Returns NULL after a reported error. */
struct package *plan_read(struct arena *arena, const char *path);
/* The same content with the places in the settings, as messages name them, in one text, which the
 * caller frees; NULL if a path in it is not UTF-8. */
char *plan_whole_text(const struct package *package);
/* Reads such a text; NULL if it is none. */
struct package *plan_of_text(struct arena *arena, const char *text);

#endif
