#include "commands/payload_opt.h"

#include "deploy/payload.h"
#include "events/event.h"

void payload_opt_check(const struct command *command, const struct opt *opts, size_t n,
                       const struct payload_options *options)
{
    if (options->source && options->path)
        opt_usage(command, "--event makes the payload, so --payload must not be there, too");
    if (!options->source && options->values.n)
        opt_unknown(command, opts, n, options->values.items[0]);
}

const char *payload_opt_read(struct arena *arena, const struct payload_options *options,
                             const char *stage, const char *region)
{
    const struct event event = {.source = options->source,
                                .region = region,
                                .stage = stage,
                                .values = options->values.items,
                                .n = options->values.n};
    return options->source ? event_make(arena, &event) : payload_read(arena, options->path);
}
