/* test.h - the table of tests: value is name(parameters). */
#ifndef JINJA_TEST_H
#define JINJA_TEST_H

struct callee;

/* The test of this name, NULL if there is none. */
const struct callee *test_find(const char *name);
/* The name of the test most similar to `name`, NULL if none is similar enough. */
const char *test_nearest(const char *name);

#endif
