/* python_lock.h - lock files and pyproject.toml: what they name, before any tool has run.
 *
 * Functions that return false have reported errors at the places in the files. */
#ifndef LANGUAGES_PYTHON_LOCK_H
#define LANGUAGES_PYTHON_LOCK_H
#include <stdbool.h>

struct arena;
struct requirements;

/* Note the file in `folder` and the local packages, files and folders that it names, as inputs. */
bool python_lock_uv(struct requirements *requirements, const char *folder);
bool python_lock_poetry(struct requirements *requirements, const char *folder);
bool python_lock_pipenv(struct requirements *requirements, const char *folder);
bool python_lock_pylock(struct requirements *requirements, const char *folder);
/* Adds the dependencies of [project], with pyproject.toml itself. Reports an error if they are not
 * in it, or if only another tool knows where to get them. */
bool python_lock_pyproject(struct requirements *requirements, const char *folder);
/* The folder above the code, and in the project, with the uv.lock of the workspace that the code
 * folder is a member of; or NULL. Reports errors unless `quiet`. */
const char *python_lock_workspace(struct arena *arena, const char *root, const char *code,
                                  bool quiet);

#endif
