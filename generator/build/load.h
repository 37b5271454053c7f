/* load.h - loads a whole project: its settings, its resources and its templates. */
#ifndef BUILD_LOAD_H
#define BUILD_LOAD_H
#include <stdbool.h>

#include "build/secret.h"    /* for struct secrets */
#include "resources/steps.h" /* for struct step_file */

struct arena;
struct collection;

struct loaded {
    struct project *project;
    struct model *model;
    struct step_file files[STEP_COUNT];
    struct secrets secrets; /* set by load_secrets */
};

/* Loads the project at `project`, a folder or its settings file. Returns false after reported
 * errors. */
bool load(struct arena *arena, const char *project, struct loaded *loaded);
/* Does the same without warnings, because the build has shown them. */
bool load_quietly(struct arena *arena, const char *project, struct loaded *loaded);
/* Frees the templates and their texts. */
void load_release(struct loaded *loaded);
/* Finds the secret parameters in parameters/ and hides them in the templates. Must be called before
 * the templates are written. Returns false after reported errors. */
bool load_secrets(struct loaded *loaded);
/* Notes what load and load_secrets have read, with stamps, and the folders where they looked for
 * files that are not there. */
void load_seen(struct arena *arena, const struct loaded *loaded, struct collection *seen);
/* Writes the templates and the artifacts into the folder `output`. */
bool load_write_templates(struct loaded *loaded, const char *output);

/* Warns about each limit of CloudFormation that a template exceeds. Calls steps_text, so the JSON
 * must not change afterwards. */
void load_warn_limits(struct loaded *loaded);
/* The warnings of a build about the whole project: these, and unpinned_warn. */
void load_warn(struct loaded *loaded);

#endif
