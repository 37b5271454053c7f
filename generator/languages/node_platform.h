/* node_platform.h - whether an installed Node package is for the lambda's platform. */
#ifndef LANGUAGES_NODE_PLATFORM_H
#define LANGUAGES_NODE_PLATFORM_H
#include <jansson.h>
#include <stdbool.h>

struct arena;
struct pack_entry;
struct package;

/* The name of the lambda's processor for Node.js: "x64" or "arm64". */
const char *node_platform_cpu(const struct package *package);
/* Whether os, cpu and libc of a package.json allow the lambda's platform. */
bool node_platform_fits(const struct package *package, json_t *manifest);
/* Reports that the tool has installed a package, the folder `zip`, for this machine. Returns false.
 */
bool node_platform_report(const struct package *package, const char *zip);
/* Reports an error, and returns false, if the file is an addon that was compiled or downloaded when
 * it was installed (node-gyp, node-pre-gyp), and for another machine than the lambda's. */
bool node_platform_addon(struct arena *arena, const struct package *package,
                         const struct pack_entry *entry);

#endif
