#include <string.h>

#include "base/run.h"
#include "languages/build_look.h"
#include "sources/package.h"

void build_report(struct arena *arena, const struct package *package, struct pos pos,
                  const char *command, const struct run *run)
{
    diag_error(EXIT_BUILD, pos, "the build of %s failed: its command %s", package->reference,
               run_words(arena, run));
    if (strchr(command, '\n')) {
        diag_note((struct pos){0}, "the command was:");
        diag_lines(command);
    } else {
        diag_note((struct pos){0}, "the command was: %s", command);
    }
    diag_printed(run->err.len ? run->err.data : run->out.data);
}
