/* api_path.h - the paths of an API. */
#ifndef APIS_API_PATH_H
#define APIS_API_PATH_H
#include "base/util.h" /* for struct table */

struct node;

/* The paths of one API that were read so far. Zeroed memory is empty. */
struct api_paths {
    struct table seen;  /* path to the node where it stands */
    struct table parts; /* "<number of what is before>/<part>" to struct api_path_part */
};

/* Returns the path as "/a/b", without additional slashes, or "/". NULL after an error: a part that
 * API Gateway does not take, a path that occurs twice, or a second name of a variable. */
const char *api_path_read(struct arena *arena, struct api_paths *paths, const struct node *key);

#endif
