/* glibc.h - whether a program fits the C library of its runtime. */
#ifndef SOURCES_GLIBC_H
#define SOURCES_GLIBC_H

struct elf;
struct package;

/* The x of the newest glibc 2.x that a program or library needs, or 0. */
int glibc_needed(const struct elf *elf);
/* Warns, at the code in the settings, if the runtime has an older glibc than the program `path`
 * needs; `what_to_do` ends the message. */
void glibc_warn(const struct package *package, const char *path, const struct elf *elf,
                const char *what_to_do);

#endif
