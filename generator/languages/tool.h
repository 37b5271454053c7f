/* tool.h - identifies the program that an installer runs: by its files and its version. */
#ifndef LANGUAGES_TOOL_H
#define LANGUAGES_TOOL_H

struct arena;
struct collection;
struct installer;
struct package;

/* Notes the files of the program as inputs, and its place in PATH as facts. */
void tool_note(struct arena *arena, const struct installer *installer,
               const struct package *package, struct collection *inputs);
/* What the program prints as its version, or a digest of that; "" if it prints nothing. Notes the
 * same as tool_note. Running the program takes a third of a second, so the text is kept beside
 * `cache` for as long as its files are unchanged. But a program that only starts others is run in
 * every build. */
const char *tool_version(struct arena *arena, const struct installer *installer,
                         const struct package *package, const char *cache,
                         struct collection *inputs);

#endif
