/* test.h - the tests: value is name(parameters). */
#ifndef JINJA_TEST_H
#define JINJA_TEST_H

struct callee;

/* The test of this name, or NULL. */
const struct callee *test_find(const char *name);
/* The name of a test most like `name`, or NULL without one. */
const char *test_nearest(const char *name);

#endif
