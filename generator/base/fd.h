/* fd.h - whole reads and writes of open files. Calls that a signal interrupted are repeated, and so
 * are those that moved only a part. Functions that return false or -1 leave errno set. */
#ifndef BASE_FD_H
#define BASE_FD_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h> /* for ssize_t */

/* Reads `len` bytes, or fewer at the end of the file. Returns how many, or -1. */
ssize_t fd_read(int fd, void *data, size_t len);
bool fd_write(int fd, const void *data, size_t len);
/* Closes the descriptor of a file that was written. Returns `ok`, or false if closing fails, which
 * may be the first report of a full disk. If `ok` is false, errno stays. */
bool fd_close(int fd, bool ok);
/* Closes a descriptor that was only read, and leaves errno alone; -1 is ignored. */
void fd_drop(int fd);

/* Passes a whole file to `take`, block by block. Returns false with errno if it cannot be read, and
 * with EIO if a regular file ends before its size, because it was truncated meanwhile; with EINTR
 * after a signal (interrupt_came). */
bool fd_each_block(int fd, void (*take)(void *data, const void *block, size_t len), void *data);

#endif
