/* Values of parameters: parameters/common.yml, parameters/dev.yml, and then answers of `aws` and
 * `vault` (answers.h). The values are the same twice, and no message shows a secret. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "aws/aws.h"
#include "base/diag.h"
#include "base/util.h"
#include "fuzz.h"
#include "parameters/lookup.h"
#include "parameters/params.h"
#include "settings/project.h"

#define SECRET "a value that is no word"

static const char *value(enum protocol protocol, const char *rest, const struct node *node,
                         void *data)
{
    return lookup_value(data, ".", protocol, rest, node);
}

static const char *account(void *data)
{
    const char *number = aws_account(data);
    if (!number)
        diag_error(EXIT_OTHER, (struct pos){0}, "%s", ((struct aws *)data)->error);
    return number;
}

static char *load(const struct project *project)
{
    struct aws aws;
    struct params_found found = {0};
    aws_init(&aws, fuzz_arena, "us-east-1", false);
    const struct params_context context = {.stage = "dev",
                                           .region = "us-east-1",
                                           .account = account,
                                           .value = value,
                                           .data = &aws,
                                           .found = &found};
    json_t *values = params_load(fuzz_arena, project, &context);
    fuzz_expect(values || diag_errors(), "a refusal is reported");
    params_note_nearest(fuzz_arena, &found, "Name");
    char *text = values ? json_dumps(values, JSON_SORT_KEYS) : NULL;
    json_decref(values);
    return text;
}

void fuzz_target(const char *data, size_t len)
{
    static const char settings[] = "project: p\ncode-bucket: b\n";
    static const char *const files[] = {"parameters/common.yml", "parameters/dev.yml"};
    bool known = memmem(data, len, SECRET, sizeof SECRET - 1); /* libFuzzer sees comparisons */
    size_t size;
    fuzz_write("settings.yml", settings, sizeof settings - 1);
    fuzz_write("secret", SECRET, sizeof SECRET - 1);
    for (size_t i = 0; i < countof(files); i++) {
        const char *part = fuzz_part(&data, &len, &size);
        fuzz_write(files[i], part, size);
    }
    setenv("SECRET", SECRET, 1);
    const struct project *project = project_load(fuzz_arena, ".");
    fuzz_expect(project != NULL, "the project is right");
    answers_serve(data, len);
    char *first = load(project);
    fuzz_flush();
    fuzz_expect(known || !strstr(fuzz_printed(), SECRET), "no message shows a secret");
    answers_serve(data, len);
    char *second = load(project);
    fuzz_expect(!first == !second && (!first || !strcmp(first, second)),
                "the values are the same twice");
    free(first);
    free(second);
}
