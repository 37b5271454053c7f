/* go_module.h - finds the Go module or workspace of a lambda's code, which may be above its folder
 * but must be in the project. The rules are those of "Go Modules Reference": go.mod and go.work
 * files, vendoring, GOWORK. */
#ifndef LANGUAGES_GO_MODULE_H
#define LANGUAGES_GO_MODULE_H
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct collection;
struct package;

struct go_module {
    /* Real paths, so that they begin as those that Go prints. */
    const char *root;    /* of the project */
    const char *folder;  /* with the code; or that of the code file */
    const char *module;  /* the folder of go.mod; NULL without one in the project */
    const char *work;    /* the folder of go.work; NULL without one, or with GOWORK=off */
    bool vendored;       /* vendor/modules.txt is beside go.work or, without it, go.mod */
    const char *outside; /* the folder of a go.mod above the project, if there is no other */
    const char **local;  /* the folders of the modules that are in the project */
    size_t nlocal;
    char *work_text; /* go.work with absolute paths, for a copy elsewhere; NULL without go.work */
};

/* Finds the module of a package that package_look has looked at. Notes the files that it read, and
 * the places where others would be found first. Reports each path of `replace` and `use` that is
 * not in the project, and then returns false. Runs nothing. */
bool go_module_find(struct arena *arena, const struct package *package, struct collection *inputs,
                    struct go_module *module);

#endif
