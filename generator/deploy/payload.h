/* payload.h - the JSON that a lambda is called with. It may be secret: no message shows it. */
#ifndef DEPLOY_PAYLOAD_H
#define DEPLOY_PAYLOAD_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Reads and checks it: from the file `path`, or from standard input if `path` is "-" or NULL. With
 * NULL, a terminal or an empty input gives {}. Returns NULL after an error that was reported. */
const char *payload_read(struct arena *arena, const char *path);
/* Whether a text is JSON of any kind. */
bool payload_is_json(const char *text, size_t len);

#endif
