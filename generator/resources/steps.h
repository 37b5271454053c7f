/* steps.h - the files of a build, in the order in which apply takes them. */
#ifndef RESOURCES_STEPS_H
#define RESOURCES_STEPS_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "template/action.h" /* for struct actions */
#include "template/cfn.h"    /* for struct cfn */

enum step {
    STEP_PRE_PROJECT,    /* actions before the project's stack */
    STEP_PROJECT,        /* the stack of the code bucket */
    STEP_PRE_RESOURCES,  /* uploads */
    STEP_RESOURCES,      /* the stack of everything else */
    STEP_POST_RESOURCES, /* actions after it */
    STEP_COUNT
};

/* What the kinds of resources write into. */
struct steps {
    struct actions actions[STEP_COUNT]; /* of the steps that are actions */
    struct cfn cfn[STEP_COUNT];         /* of the steps that are stacks */
};

/* A file of a build: its name ("0001_p.json") and its whole text as JSON; both NULL when the step
 * has nothing in it. */
struct step_file {
    const char *name;
    json_t *json;
    struct table places; /* of a stack: logical id to the struct pos that asked for it */
    char *text;          /* of steps_text */
};

/* Frees what the files hold but for their names. */
void steps_release(struct step_file files[STEP_COUNT]);

/* What is written into the file. It is made once: nothing may change the JSON after that. */
const char *steps_text(struct step_file *file);

/* The step that a file's name belongs to, or STEP_COUNT. */
enum step step_of_file(const char *name);
/* "p", "pr_r": the end of a stack's name and of a file's. */
const char *step_suffix(enum step step);
/* Whether a step is actions, and not a stack. */
bool step_is_custom(enum step step);

#endif
