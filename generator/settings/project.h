/* project.h - a project and its apps: settings read and overrides merged, resources not yet. */
#ifndef SETTINGS_PROJECT_H
#define SETTINGS_PROJECT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

#include "base/file.h" /* for struct file_stamp */

struct node;

/* An app, or the project itself as the last of its apps, with the name "". */
struct app {
    const char *name;            /* contrib apps are "contrib_<X>" */
    const char *dir;             /* where its settings.yml lies, as it is shown */
    const struct node *settings; /* its settings.yml */
    const struct node *override; /* top-level keys that replace the app's; or NULL */
    bool contrib;                /* shipped with Gordon */
    struct pos pos;              /* of its name in `apps` */
};

struct project {
    struct arena *arena;
    const char *dir;  /* as it was given; "." is the current directory */
    const char *file; /* settings.yml, as it is shown */
    const struct node *settings;
    const char *name;
    const struct node *code_bucket; /* text or ref */
    const char *default_region;     /* of the settings, or us-east-1 */
    struct app *apps;
    size_t napps;
    const char **files;        /* every settings file that was read */
    struct file_stamp *stamps; /* theirs, from before that */
    size_t nfiles;
};

/* Reads a project: `path` is its folder or its settings file. NULL means errors were reported;
 * with other errors the project may still be good enough to look for more. */
struct project *project_load(struct arena *arena, const char *path);
/* The value of a top-level key of an app, overrides first; or NULL. */
const struct node *app_get(const struct app *app, const char *key);
/* The words that --x-install-extra and the like become: those of project, app and `own`, joined by
 * spaces; `own` may be NULL. */
const char *project_extra(const struct project *project, const struct app *app,
                          const struct node *own, const char *key);
/* Where the settings refer to a parameter; without a line where they do not. */
struct pos project_place_of_ref(const struct project *project, const char *name);
/* A text among the project's settings, or `fallback`. */
const char *project_text(const struct project *project, const char *key, const char *fallback);
/* Where Gordon's own data (contrib apps) lies: a folder whose place from the program's own was
 * fixed when it was built. */
const char *project_data_dir(struct arena *arena);

#endif
