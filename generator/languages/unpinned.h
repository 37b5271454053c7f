/* unpinned.h - requirements of Python that have no exact version, in the lambdas of a project. */
#ifndef LANGUAGES_UNPINNED_H
#define LANGUAGES_UNPINNED_H

struct model;

/* Warns, once for all of them: what is installed may be another version in the next build. Reads
 * requirements.txt with what it includes, or pyproject.toml, and reports nothing else: errors in
 * them are reported where they are installed. */
void unpinned_warn(const struct model *model);

#endif
