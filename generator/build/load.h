/* load.h - a project read whole: its settings, its resources and the text of its templates. */
#ifndef BUILD_LOAD_H
#define BUILD_LOAD_H
#include <stdbool.h>

#include "build/secret.h"    /* for struct secrets */
#include "resources/steps.h" /* for struct step_file */

struct arena;

struct loaded {
    struct project *project;
    struct model *model;
    struct step_file files[STEP_COUNT];
    struct secrets secrets; /* after load_secrets */
};

/* Reads the project at `project`, a folder or its settings file; false after errors. */
bool load(struct arena *arena, const char *project, struct loaded *loaded);
/* The same without warnings: the build has said them. */
bool load_quietly(struct arena *arena, const char *project, struct loaded *loaded);
void load_release(struct loaded *loaded);
/* Reads parameters/ for what the templates are to hide, before they are written; false after
 * errors. */
bool load_secrets(struct loaded *loaded);
/* Writes the templates into `output`. */
bool load_write_templates(struct loaded *loaded, const char *output);

/* Warns of each limit of CloudFormation that the templates are over; asks for their texts. */
void load_check_limits(struct loaded *loaded);

#endif
