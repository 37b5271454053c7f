/* dotnet.h - builds lambdas in C#, F# and Visual Basic by `dotnet publish`, in a copy (mirror.h),
 * because it writes beside the project file. */
#ifndef LANGUAGES_DOTNET_H
#define LANGUAGES_DOTNET_H
#include <stdbool.h>

struct arena;
struct build_look;
struct collection;
struct package;

/* Whether the code is a folder with a project file of .NET, for a runtime of .NET. */
bool dotnet_builds(const struct package *package);
/* Publishes the project to the folder `target`. Notes all files that it may read. Reports an error
 * and returns false if dotnet is missing or fails. */
bool dotnet_build(struct arena *arena, const struct package *package, const char *target,
                  struct collection *inputs);
/* Fills `look` with the command that dotnet_build would run, and notes the same files. Returns
 * false after a reported error. */
bool dotnet_look(struct arena *arena, const struct package *package, const char *target,
                 struct collection *inputs, struct build_look *look);

#endif
