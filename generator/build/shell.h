/* shell.h - how a shell reads each place of a command: in which quotes, comment or here-document.
 *
 * The grammar is the POSIX shell's (XCU 2.2 to 2.7, 2.10), with bash's $'...', $"...", <<<, <(...),
 * [[ ]], (( )) and arrays, because /bin/sh is dash on some systems and bash or busybox on others.
 * A place is certain only if all of them read it in one way. */
#ifndef BUILD_SHELL_H
#define BUILD_SHELL_H
#include "build/shell_site.h" /* for struct shell_site */

struct arena;

/* Finds the context of each site. Their offsets must ascend. */
void shell_read(struct arena *arena, const char *text, struct shell_site *sites, size_t n);

#endif
