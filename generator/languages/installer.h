/* installer.h - a tool that installs the dependencies that a manifest names: a row of the table in
 * installers.c, and what several rows share. Each file that defines rows is one tool or one
 * language: pip.c, npm.c, maven.c, gradle.c, ruby.c. */
#ifndef LANGUAGES_INSTALLER_H
#define LANGUAGES_INSTALLER_H
#include <stdbool.h>
#include <stddef.h>

#include "resources/runtime.h" /* for enum language */

struct arena;
struct collection;
struct installing;
struct node_tool;
struct package;

/* The working directory of a tool, chosen so that it never writes to the source. */
enum installer_place {
    IN_CODE, /* the code folder, where paths in its manifest start; it writes only to `into` */
    IN_COPY, /* a folder with copies of the files that decide */
    IN_INTO, /* the folder that it fills, with copies of these files */
};

struct installer {
    enum language language;
    const char *manifest;        /* the file that must exist for this row */
    const char *const *programs; /* names; the first in PATH is run */
    const char *(*setting)(const struct package *package); /* the program's own path, or NULL */
    const char *version; /* the argument that prints its version */
    enum installer_place place;
    /* Whether a file, given by its path in the code folder, decides what is installed. */
    bool (*decides)(const char *name);
    /* Sets `*all` to whether every file of the code folder decides for this package. Returns false
     * after a reported error. May be NULL: no. */
    bool (*needs_all)(struct arena *arena, const struct package *package, bool *all);
    /* Appends the arguments, and writes nothing. `into` is absolute, or a placeholder if nothing
     * will be run. Returns false if a quote in the settings is not closed. */
    bool (*arguments)(struct arena *arena, const struct package *package, const char *into,
                      const char ***argv, size_t *n);
    /* Removes from `into` what is not packed or differs between machines; may be NULL. */
    bool (*finish)(struct arena *arena, const char *into);
    const char *hint;   /* what to do when it fails */
    const char *packed; /* only names in `into` that begin with this are packed; NULL: all */
    /* Writes files that the arguments name, beside `into`; false with errno; may be NULL. */
    bool (*prepare)(struct arena *arena, const char *into);
    /* Collects the files that decide as entries, and the variables that they name as facts; and in
     * `inputs` the folders in which such files may appear. Returns false after a reported error.
     * NULL: the files of the code folder for which `decides` is true. */
    bool (*collect)(struct arena *arena, const struct package *package, struct collection *files,
                    struct collection *inputs);
    /* Installs, if that is more than the one command of `arguments`. Returns false after a reported
     * error. May be NULL. */
    bool (*run)(const struct installing *installing);
    /* The tool that installs what this one exports; NULL: this one installs itself. */
    const struct installer *then;
    const char *missing; /* what to do if the program is not there; NULL: name it by a setting */
    const struct node_tool *node; /* of Node packages: build commands can use what it installs */
};

/* The rows, in the files of their tools. */
extern const struct installer installer_pip, installer_uv, installer_poetry, installer_pylock,
    installer_pipenv, installer_pipfile, installer_pyproject, installer_npm, installer_pnpm,
    installer_yarn, installer_gradle, installer_gradle_kts, installer_maven, installer_bundler,
    installer_bundler_gems;

/* Reads a file of the code folder by its name there. Sets `*text` to NULL if it is missing. Returns
 * false after a reported error. */
bool installer_manifest(struct arena *arena, const struct package *package, const char *name,
                        char **text);
/* Appends words to an argument vector. */
void installer_add(struct arena *arena, const char ***argv, size_t *n, const char *const *words,
                   size_t count);
/* For installer.setting: the settings have no path of the program. Returns NULL. */
const char *installer_no_setting(const struct package *package);
/* For installer.finish: empties the folder, because nothing in it is to be packed. */
bool installer_empty(struct arena *arena, const char *into);

#endif
