/* ask.h - a question to the person at the terminal. */
#ifndef DEPLOY_ASK_H
#define DEPLOY_ASK_H
#include <stdbool.h>

/* Whether somebody can be asked: questions are on standard error, answers on standard input. */
bool ask_possible(void);
/* True when the answer begins with y or Y; false also when a signal came, or the input ended. */
bool ask(const char *question);

#endif
