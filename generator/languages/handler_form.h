/* handler_form.h - which files a runtime looks for when it loads a handler.
 *
 * The rules are those of AWS's runtime interface clients: awslambdaric of Python (bootstrap.py),
 * aws-lambda-ric of Node (UserFunction.js), aws_lambda_ric of Ruby (lambda_handler.rb),
 * aws-lambda-java-runtime-interface-client (HandlerInfo, CustomerClassLoader), and the bootstrap of
 * the .NET runtimes. */
#ifndef LANGUAGES_HANDLER_FORM_H
#define LANGUAGES_HANDLER_FORM_H
#include <stdbool.h>
#include <stddef.h>

#include "resources/runtime.h" /* for enum language */

struct arena;

/* A name of a file in the zip: `before`; or, if there is an `after`, both with any text between
 * them. */
struct handler_form {
    const char *before, *after;
};

struct handler_forms {
    struct handler_form *list; /* the first is the usual one */
    size_t n;
    const char *wanted;         /* for messages: "app.js, app.mjs or app.cjs" */
    const char *in_jars;        /* a file that may also be in a lib/X.jar; or NULL */
    const char *const *endings; /* of files that a user may have meant; ends with NULL */
    const char *fault;          /* why no file can fit, such as "is not FILE.METHOD"; or NULL */
    bool layered;               /* it is one that a layer brings: only a warning */
};

/* What the runtimes of a language look for. The texts live as long as `arena` and `handler`. */
struct handler_forms handler_forms(struct arena *arena, enum language language,
                                   const char *handler);

#endif
