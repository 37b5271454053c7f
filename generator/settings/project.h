/* project.h - loads a project and its apps: reads the settings files and applies overrides, but
 * reads no resources. */
#ifndef SETTINGS_PROJECT_H
#define SETTINGS_PROJECT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h" /* for struct pos */

#include "base/file.h"     /* for struct file_id */
#include "base/stamp.h"    /* for struct file_stamp */
#include "settings/node.h" /* for struct node_schemes */

struct node;

/* An app. The last app of a project is the project itself, with the name "". */
struct app {
    const char *name;            /* contrib apps are "contrib_<X>" */
    const char *dir;             /* the folder of its settings.yml, as messages show it */
    bool has_file;               /* whether there is a settings.yml */
    const struct node *settings; /* its settings.yml */
    const struct node *override; /* top-level keys that replace the app's; or NULL */
    bool contrib;                /* shipped with Gordon */
    struct pos pos;              /* of its name in `apps` */
};

/* A part of a template in CloudFormation's own words: what `cloudformation` of an app holds or
 * names. */
struct fragment {
    const struct app *app;
    const struct node *node; /* a map of a template's sections */
};

struct project {
    struct arena *arena;
    const char *dir;  /* as it was given; "." is the current directory */
    const char *file; /* its settings.yml, as messages show it */
    const struct node *settings;
    const char *name;
    const struct node *code_bucket; /* text or ref */
    const char *default_region;     /* of the settings, or us-east-1 */
    struct app *apps;
    size_t napps;
    struct fragment *fragments; /* in the order of the apps */
    size_t nfragments;
    const struct node **documents; /* other files that settings name, see project_load_file */
    size_t ndocuments;
    const char **files;        /* every file of settings that was read, and those of text:// */
    struct file_stamp *stamps; /* of `files`, each taken before the file was read */
    size_t nfiles;
    struct node_schemes schemes; /* "lambda://..." and "text://..." in the files */
    size_t text_bytes;           /* that project_read has read */
    const char **links; /* real paths of folders with links through which `files` were found */
    size_t nlinks;
    const char **inputs; /* what else decides the templates: files and folders, absolute */
    struct file_stamp *input_stamps; /* of `inputs`, each taken before it was read */
    size_t ninputs;
    const struct file_id *parameters; /* see project_parameters */
    size_t nparameters;
};

/* Reads a project: `path` is its folder or its settings file. NULL means errors were reported. */
struct project *project_load(struct arena *arena, const char *path);
/* Reads the file `name`, from the folder of the settings file in which `setting` stands, and notes
 * it. Sets `*text`, which has a NUL behind it. Returns false after an error at the setting. */
bool project_read(struct project *project, const struct node *setting, const char *name,
                  const char **text, size_t *len);
/* Returns the path of the file or folder `name`, from the folder of the settings file in which
 * `setting` stands, and sets `*kind` to what is there. Returns NULL after a reported error. */
const char *project_look(const struct project *project, const struct node *setting,
                         const char *name, enum file_kind *kind);
/* Reads a template of its own, as project_read reads a text: with the places of its values, and the
 * texts of text://. Sets `*template` to a map, or to NULL if it cannot be read. A lambda:// in it
 * is an error. */
bool project_read_template(struct project *project, const struct node *setting, const char *name,
                           const struct node **template);
/* Notes something that was read for the templates, besides the files. */
void project_input(struct project *project, const char *path, struct file_stamp stamp);
/* Loads the YAML or JSON file that `setting` names, as a file of settings, and notes it. Sets
 * `*node`. Returns false after an error. */
bool project_load_file(struct project *project, const struct node *setting,
                       const struct node **node);
/* Returns the value of an app's top-level key, from the overrides if they have it; or NULL. */
const struct node *app_get(const struct app *app, const char *key);
/* Returns the extra arguments under `key`, such as pip-install-extra: those of the project, of the
 * app and of `own`, joined by spaces; or "". `own` are the settings of a lambda, or NULL. */
const char *project_extra(const struct project *project, const struct app *app,
                          const struct node *own, const char *key);
/* Returns where the settings first refer to the parameter `name`; if nowhere, the project's file
 * without a line. */
struct pos project_place_of_ref(const struct project *project, const char *name);
/* Returns the text of a top-level setting of the project, or `fallback`. */
const char *project_text(const struct project *project, const char *key, const char *fallback);
/* Returns the folder of the project that is named by it or by its settings file. */
const char *project_folder(struct arena *arena, const char *path);
/* Returns what no zip may hold: the folder parameters/ of the project in `dir` and all files in it,
 * also those to which links in it lead. Ignores what cannot be read: whoever needs parameters
 * reports that. */
const struct file_id *project_parameters(struct arena *arena, const char *dir, size_t *n);
/* Lets messages show lines of `file`, whose name is stored data of a build, if it is in the project
 * in `dir`, and not in its parameters. `file` may be NULL. */
void project_show_lines(struct arena *arena, const char *dir, const char *file);
/* Returns the folder of Gordon's own data (contrib apps). Its path relative to the program is fixed
 * at build time. */
const char *project_data_dir(struct arena *arena);

#endif
