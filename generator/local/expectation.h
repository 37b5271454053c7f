/* expectation.h - what a test expects of a lambda: its answer, a part of it, or an error. */
#ifndef LOCAL_EXPECTATION_H
#define LOCAL_EXPECTATION_H
#include <stdbool.h>

struct arena;
struct one_run;

/* At most one of the three is set. Without any, the lambda must answer. */
struct expectation {
    const char *file;    /* of JSON that is equal to the answer: keys may have another order */
    const char *pattern; /* a regular expression that matches somewhere in the answer's text */
    bool error;          /* the lambda fails, or is late */
};

/* Whether a run is as expected. If not, reports an error that shows the differences. */
bool expectation_met(struct arena *arena, const struct expectation *expectation, const char *lambda,
                     const struct one_run *run);
/* Whether the pattern can be read; reports an error at the command line. */
bool expectation_is_sound(struct arena *arena, const struct expectation *expectation);

#endif
