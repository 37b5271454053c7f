/* python_marker.h - makes pip evaluate environment markers (PEP 508) for the lambda.
 *
 * pip takes wheels for the Python and the platform that its arguments name, but evaluates markers
 * for the Python and the machine that run it: of requirements, and of what packages need. It asks
 * the module `platform`, whose answers a sitecustomize.py changes. */
#ifndef LANGUAGES_PYTHON_MARKER_H
#define LANGUAGES_PYTHON_MARKER_H

struct arena;
struct package;

/* Writes the module into `folder`, and returns python_env with this folder first in PYTHONPATH;
 * NULL with errno. PYTHONPATH cannot name a folder with ':': markers are this machine's then. */
const char *const *python_marker_env(struct arena *arena, const struct package *package,
                                     const char *folder);

#endif
