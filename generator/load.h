/* load.h - what nearly every command begins with: the project of --project, read whole. */
#ifndef LOAD_H
#define LOAD_H
#include <stdbool.h>

#include "secret.h" /* for struct secrets */
#include "steps.h"  /* for struct step_file */

struct arena;

struct loaded {
    struct project *project;
    struct model *model;
    struct step_file files[STEP_COUNT];
    struct secrets secrets; /* after load_secrets */
};

/* Reads the project, its resources and what its templates will be; false after errors. */
bool load(struct arena *arena, struct loaded *loaded);
/* The same without warnings: the build has said them. */
bool load_quietly(struct arena *arena, struct loaded *loaded);
void load_release(struct loaded *loaded);
/* Reads parameters/ for what the templates are to hide, before they are written; false after
 * errors. */
bool load_secrets(struct loaded *loaded);
/* Writes the templates into `output`. */
bool load_write_templates(struct loaded *loaded, const char *output);

#endif
