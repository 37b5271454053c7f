/* unfinished.h - temporary files: how they are called, and what becomes of them when a signal ends
 * the process. */
#ifndef BASE_UNFINISHED_H
#define BASE_UNFINISHED_H
#include <sys/types.h> /* for pid_t */

struct arena;

/* A name beside `path` that nobody can guess: "<path>.<process>.<random>.tmp". So nobody can put a
 * file or a link there first, also in a folder to which all may write. NULL with errno. */
char *unfinished_name(struct arena *arena, const char *path);
/* The process in a name that unfinished_name made; 0 for any other name. */
pid_t unfinished_writer(const char *name);
/* Notes the temporary file that this process writes, until unfinished_end. A process writes one at
 * a time. */
void unfinished_begin(const char *path);
void unfinished_end(void);
/* From now on, this signal deletes the temporary file before it ends the process. If it is ignored,
 * as under nohup, it stays ignored. */
void unfinished_end_by(int number);

#endif
