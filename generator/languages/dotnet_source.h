/* dotnet_source.h - the files that a project of .NET is built from: its folder, what its project
 * file names above that, such as referenced projects, and the files that MSBuild, NuGet and dotnet
 * look for in the folders above. All must be in the Gordon project. */
#ifndef LANGUAGES_DOTNET_SOURCE_H
#define LANGUAGES_DOTNET_SOURCE_H
#include <stdbool.h>

struct arena;
struct collection;
struct package;

struct dotnet_source {
    const char *project;   /* the project file's name in the code folder */
    const char *framework; /* the text of <TargetFramework>, or NULL if it is not in that file */
    bool several;          /* it has <TargetFrameworks> */
    bool locked;           /* packages.lock.json is beside it */
};

/* Adds the files, named by their paths from the package's root, to `files`, and sorts them. Reports
 * each path that leads out of the root, at its line, and a folder with several project files; then
 * returns false. Runs nothing. */
bool dotnet_source_find(struct arena *arena, const struct package *package,
                        struct collection *files, struct dotnet_source *source);

#endif
