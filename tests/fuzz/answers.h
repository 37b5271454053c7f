/* answers.h - answers for the programs that the code under test runs, from an input. Each part (see
 * fuzz_part) begins with a line, the first two words that it answers, such as "cloudformation
 * describe-stacks". Calls take the parts with their words in turns, and the last one again and
 * again. What follows the line is printed; a "!" in front of it makes the program fail with that on
 * standard error. */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H
#include <stddef.h>

/* Takes the rest of the input, and makes fuzz_answer serve it. A call without a part fails. After
 * many calls a signal arrives. */
void answers_serve(const char *data, size_t len);

#endif
