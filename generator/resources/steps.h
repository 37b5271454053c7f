/* steps.h - the files of a build, in the order in which apply takes them. */
#ifndef RESOURCES_STEPS_H
#define RESOURCES_STEPS_H
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "template/action.h" /* for struct actions */
#include "template/cfn.h"    /* for struct cfn */

struct queue_sender;

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
    size_t ndigests;                    /* of lambdas so far, see lambda_cfn.h */
    struct queue_sender *senders;       /* see queue_policy.h */
    size_t nsenders;
    struct table sent; /* texts of their statements */
};

/* A file of a build: its name ("0001_p.json") and its whole text as JSON; both NULL if the step is
 * empty. */
struct step_file {
    const char *name;
    json_t *json;
    struct table places;        /* of a stack: logical id to the struct pos that asked for it */
    struct table output_places; /* of a stack: an output's name to its struct pos */
    char *text;                 /* made by steps_text, or NULL */
};

/* Frees the JSON and the texts of the files, not their names. */
void steps_release(struct step_file files[STEP_COUNT]);

/* Returns the text of the file, which belongs to it. It is made once, so the JSON must not change
 * after that. */
const char *steps_text(struct step_file *file);

/* Returns the step that a file's name belongs to, or STEP_COUNT. */
enum step step_of_file(const char *name);
/* Whether a name begins like those of temporary files that file_create makes of a step's file:
 * NNNN_<suffix>.json. and more; its end is not looked at. */
bool step_is_unfinished(const char *name);
/* Returns "p" or "pr_r" and so on: the end of a stack's name and of a file's. */
const char *step_suffix(enum step step);
/* Whether a step is actions, not a stack. */
bool step_is_custom(enum step step);

#endif
