/* fact.h - what an install depends on besides files, and what can be asked again: where a program
 * is found, what the surroundings tell it, what it says of its version.
 *
 * A question is a text, so that `state` can keep it. It is answered once in a run: what changes
 * after that, the next run sees. */
#ifndef BUILD_FACT_H
#define BUILD_FACT_H

struct arena;

struct fact {
    const char *question, *answer;
};

/* The questions: where PATH has a program, */
const char *fact_of_program(struct arena *arena, const char *name);
/* what the surroundings tell an installer (registry_digest), */
const char *fact_of_registry(struct arena *arena, const char *installer);
/* and what a command prints that runs in a folder. */
const char *fact_of_command(struct arena *arena, const char *folder, const char *const *argv);
/* The answer, a path or a digest; "" where there is none. */
const char *fact_answer(const char *question);

#endif
