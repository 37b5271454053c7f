/* unpinned.h - packages of a project's lambdas and layers whose versions nothing fixes. */
#ifndef LANGUAGES_UNPINNED_H
#define LANGUAGES_UNPINNED_H

struct model;

/* Warns, once for each language: another version may be installed in the next build. Reads
 * requirements.txt with what it includes, pyproject.toml or package.json, and reports nothing else:
 * errors in them are reported where they are installed. Code of CMake's targets is not read. */
void unpinned_warn(const struct model *model);

#endif
