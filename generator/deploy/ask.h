/* ask.h - asks the user a question on the terminal. */
#ifndef DEPLOY_ASK_H
#define DEPLOY_ASK_H
#include <stdbool.h>

/* Whether standard error, for questions, and standard input, for answers, are terminals. */
bool ask_possible(void);
/* True if the answer is y or yes, in any case. False for n, no or an empty answer, after a signal,
 * and at the end of the input. Asks again after any other answer. */
bool ask(const char *question);

#endif
