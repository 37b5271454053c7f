#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "resources/steps.h"

static const struct {
    const char *suffix;
    bool custom;
} steps_table[] = {
    [STEP_PRE_PROJECT] = {"pr_p", .custom = true},    [STEP_PROJECT] = {"p"},
    [STEP_PRE_RESOURCES] = {"pr_r", .custom = true},  [STEP_RESOURCES] = {"r"},
    [STEP_POST_RESOURCES] = {"ps_r", .custom = true},
};
static_assert(countof(steps_table) == STEP_COUNT, "every step has its suffix");

const char *step_suffix(enum step step)
{
    return steps_table[step].suffix;
}

bool step_is_custom(enum step step)
{
    return steps_table[step].custom;
}

/* NNNN_<suffix>.json */
/* The same of the first `all` bytes of a name. */
static enum step step_of_part(const char *name, size_t all)
{
    static const char form[] = "0000_.json", ending[] = ".json";
    size_t rest = strlen(ending);
    if (all < strlen(form) || strspn(name, STR_DIGITS) != 4 || name[4] != '_' ||
        strncmp(name + all - rest, ending, rest) != 0)
        return STEP_COUNT;
    size_t len = all - strlen(form);
    for (enum step step = 0; step < STEP_COUNT; step++)
        if (strlen(step_suffix(step)) == len && strncmp(name + 5, step_suffix(step), len) == 0)
            return step;
    return STEP_COUNT;
}

enum step step_of_file(const char *name)
{
    return step_of_part(name, strlen(name));
}

bool step_is_unfinished(const char *name)
{
    const char *end = strstr(name, ".json.");
    return end && step_of_part(name, (size_t)(end - name) + strlen(".json")) != STEP_COUNT;
}

const char *steps_text(struct step_file *file)
{
    if (!file->text)
        file->text = cfn_file_text(file->name, file->json);
    return file->text;
}

void steps_release(struct step_file files[STEP_COUNT])
{
    for (enum step step = 0; step < STEP_COUNT; step++) {
        json_decref(files[step].json);
        free(files[step].text);
        files[step].json = NULL;
        files[step].text = NULL;
    }
}
