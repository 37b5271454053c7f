/* tool.h - the program that an installer runs, and what tells it from another one. */
#ifndef BUILD_TOOL_H
#define BUILD_TOOL_H

struct arena;
struct collection;
struct installer;
struct package;

/* Notes the files of the program as inputs, and as facts where PATH has it. */
void tool_note(struct arena *arena, const struct installer *installer,
               const struct package *package, struct collection *inputs);
/* What it says of its version, or a digest of that; "" when it says nothing. Notes the same. It is
 * asked once for each state of its files, as that takes a third of a second, and what it said is
 * kept beside `cache`. But a program that only stands for others is asked in every run. */
const char *tool_version(struct arena *arena, const struct installer *installer,
                         const struct package *package, const char *cache,
                         struct collection *inputs);

#endif
