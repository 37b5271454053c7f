#include <string.h>

#include "base/diag.h"
#include "base/util.h"
#include "check.h"
#include "resources/runtime.h"
#include "settings/node.h"

static const struct runtime *named(const char *name)
{
    const struct node node = {.kind = NODE_STRING, .text = name};
    return runtime_read(&node);
}

/* The language decides which tool installs dependencies; AWS's identifiers begin with its name. */
static void test_languages(void)
{
    static const struct {
        const char *start;
        enum language language;
    } languages[] = {
        {"python", LANG_PYTHON}, {"node", LANG_NODE},     {"java", LANG_JAVA},      {"go", LANG_GO},
        {"ruby", LANG_RUBY},     {"dotnet", LANG_DOTNET}, {"provided", LANG_OTHER},
    };
    static const char *const now[] = {
        "python3.11", "python3.12", "python3.13", "python3.14",      "nodejs22.x", "nodejs24.x",
        "java8.al2",  "java11",     "java17",     "java21",          "java25",     "ruby3.3",
        "ruby3.4",    "ruby4.0",    "dotnet10",   "provided.al2023",
    };
    static const char *const names[] = {"python", "node",   "java",    "go",
                                        "ruby",   "dotnet", "provided"};
    diag_quiet(true);
    for (size_t i = 0; i < countof(now); i++) {
        const struct runtime *runtime = named(now[i]);
        if (!CHECK(runtime && strcmp(runtime->current, now[i]) == 0 && !runtime->retired)) {
            fprintf(stderr, "  %s\n", now[i]);
            continue;
        }
        for (size_t k = 0; k < countof(languages); k++)
            if (str_starts(now[i], languages[k].start))
                CHECK(runtime->language == languages[k].language);
    }
    for (size_t k = 0; k < countof(names); k++) {
        const struct runtime *newest = named(names[k]);
        CHECK(newest && !newest->retired && newest->language == languages[k].language);
        CHECK(newest && named(newest->current) && !named(newest->current)->retired);
    }
    static const char *const retired[] = {
        "python2",    "python2.7",  "python3.6",  "python3.7",      "python3.8",
        "python3.9",  "python3.10", "node0.10",   "nodejs4.3-edge", "nodejs6.10",
        "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",     "nodejs16.x",
        "nodejs18.x", "nodejs20.x", "java8",      "go1.x",          "provided.al2",
        "ruby2.5",    "ruby2.7",    "ruby3.2",    "dotnetcore1.0",  "dotnetcore3.1",
        "dotnet5.0",  "dotnet6",    "dotnet7",    "dotnet8",        "dotnet9",
    };
    for (size_t i = 0; i < countof(retired); i++)
        for (size_t k = 0; k < countof(languages); k++)
            if (str_starts(retired[i], languages[k].start)) {
                const struct runtime *runtime = named(retired[i]);
                if (!CHECK(runtime && runtime->retired &&
                           runtime->language == languages[k].language &&
                           strcmp(runtime->current, named(languages[k].start)->current) == 0))
                    fprintf(stderr, "  %s\n", retired[i]);
            }
    CHECK(!named("cobol") && !named("") && !named("Python3.13"));
}

static void test_others(void)
{
    CHECK(runtime_of_extension(".py") == named("python"));
    CHECK(runtime_of_extension(".js") == named("node"));
    CHECK(!runtime_of_extension(".rb") && !runtime_of_extension(""));
    CHECK(strcmp(runtime_of_program()->current, "provided.al2023") == 0);
}

int main(void)
{
    test_languages();
    test_others();
    diag_end();
    return check_result();
}
