/* Which code a test runs: a program that is compiled with -fsanitize-coverage=trace-pc and linked
 * with this file marks each basic block that it enters in the file $GORDON_TRACE/<name of the
 * program>, a byte for each address. The file is mapped, so that it is whole even if the program is
 * killed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 8 << 20 };

extern const char __executable_start;
extern char *program_invocation_short_name;
void __sanitizer_cov_trace_pc(void);

static unsigned char *map_file(void)
{
    static unsigned char nowhere[SIZE];
    char path[4096];
    const char *folder = getenv("GORDON_TRACE");
    snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", program_invocation_short_name);
    int fd = folder ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0 || ftruncate(fd, SIZE) != 0)
        return nowhere;
    unsigned char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return map == MAP_FAILED ? nowhere : map;
}

void __sanitizer_cov_trace_pc(void)
{
    static unsigned char *volatile map;
    if (!map)
        map = map_file();
    size_t at = (size_t)((const char *)__builtin_return_address(0) - &__executable_start);
    if (at < SIZE)
        map[at] = 1;
}
