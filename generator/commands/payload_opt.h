/* payload_opt.h - the options that say with which event a lambda is called. */
#ifndef COMMANDS_PAYLOAD_OPT_H
#define COMMANDS_PAYLOAD_OPT_H
#include "commands/opt.h" /* for struct opt */

struct arena;

struct payload_options {
    const char *path, *source;
    struct opt_list values; /* of the event */
};

/* Option rows for these. */
#define PAYLOAD_OPTS(options)                                                                      \
    {"--payload",                                                                                  \
     0,                                                                                            \
     OPT_TEXT,                                                                                     \
     "FILE",                                                                                       \
     "the event to call it with, as JSON (default: standard input)",                               \
     &(options).path},                                                                             \
        {"--event",        0, OPT_TEXT, "SOURCE", "call it with an event of this source, as sqs",  \
         &(options).source},                                                                       \
    {                                                                                              \
        "--KEY", 0, OPT_OTHER, "VALUE", "with --event: a value of the event, as --body=Hello",     \
            &(options).values                                                                      \
    }

/* Checks what must not be together, before anything is read. */
void payload_opt_check(const struct command *command, const struct opt *opts, size_t n,
                       const struct payload_options *options);
/* Returns the payload, as JSON; NULL after an error. */
const char *payload_opt_read(struct arena *arena, const struct payload_options *options,
                             const char *stage, const char *region);

#endif
