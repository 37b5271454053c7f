/* payload.h - the JSON that a lambda is called with. It may be secret: no message shows it. */
#ifndef DEPLOY_PAYLOAD_H
#define DEPLOY_PAYLOAD_H
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Reads and checks it: from the file `path`, from standard input for "-", or for NULL from there
 * too, unless that is a terminal or empty: then it is {}. NULL after an error. */
const char *payload_read(struct arena *arena, const char *path);
/* Whether a text is JSON of any kind. */
bool payload_is_json(const char *text, size_t len);

#endif
