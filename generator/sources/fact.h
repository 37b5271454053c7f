/* fact.h - what an install depends on besides files: where a program is in PATH, how the
 * environment configures pip or npm, and which version a program prints.
 *
 * A fact is a question and its answer. Both are texts, so that state.h can save them and the next
 * build can ask again. A question is answered once in a run; later changes are seen by the next
 * run. */
#ifndef SOURCES_FACT_H
#define SOURCES_FACT_H

struct arena;

struct fact {
    const char *question, *answer;
};

/* The questions are: where is the program in PATH, */
const char *fact_of_program(struct arena *arena, const char *name);
/* how does the environment configure the installer (registry_digest), */
const char *fact_of_registry(struct arena *arena, const char *installer);
/* what is the value of a variable of the environment, */
const char *fact_of_variable(struct arena *arena, const char *name);
/* what does the command print when it runs in `folder`. */
const char *fact_of_command(struct arena *arena, const char *folder, const char *const *argv);
/* The answer: a program's path, or a digest of the configuration, of the variable or of what the
 * command printed. ""
 * if there is none. It lives until the program ends. */
const char *fact_answer(const char *question);

#endif
