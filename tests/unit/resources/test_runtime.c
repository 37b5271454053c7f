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
    static const char *const offered[] = {
        "python3.8",     "python3.10",   "python3.11",      "python3.13", "python3.15",
        "nodejs16.x",    "nodejs20.x",   "nodejs22.x",      "nodejs26.x", "java8.al2",
        "java11",        "java17",       "java21",          "java25",     "java8.al2023",
        "java17.al2023", "ruby3.2",      "ruby4.0",         "dotnet6",    "dotnet8",
        "dotnet10",      "provided.al2", "provided.al2023",
    };
    static const char *const retired[] = {
        "python2",        "python2.7",     "python3.6",     "python3.7",  "node0.10",
        "nodejs4.3-edge", "nodejs6.10",    "nodejs8.10",    "nodejs10.x", "nodejs12.x",
        "nodejs14.x",     "java8",         "go1.x",         "ruby2.5",    "ruby2.7",
        "dotnetcore1.0",  "dotnetcore2.1", "dotnetcore3.1",
    };
    diag_quiet(true);
    for (size_t k = 0; k < countof(languages); k++) {
        const struct runtime *newest = named(languages[k].start);
        if (!CHECK(newest && newest->language == languages[k].language))
            continue;
        CHECK(named(newest->identifier) && runtime_glibc(newest->identifier) == 34);
        for (size_t i = 0; i < countof(retired); i++)
            if (str_starts(retired[i], languages[k].start) && !CHECK(named(retired[i]) == newest))
                fprintf(stderr, "  %s\n", retired[i]);
        for (size_t i = 0; i < countof(offered); i++) {
            const struct runtime *runtime = named(offered[i]);
            if (str_starts(offered[i], languages[k].start) &&
                !CHECK(runtime && strcmp(runtime->identifier, offered[i]) == 0 &&
                       runtime->language == languages[k].language))
                fprintf(stderr, "  %s\n", offered[i]);
        }
    }
    CHECK(!named("cobol") && !named("") && !named("Python3.13") && !named("dotnet9"));
}

/* Amazon Linux 2 has glibc 2.26. */
static void test_glibc(void)
{
    static const char *const al2[] = {"python3.11", "nodejs18.x", "java17",
                                      "ruby3.2",    "dotnet6",    "provided.al2"};
    static const char *const al2023[] = {"python3.12", "nodejs20.x", "java17.al2023",
                                         "ruby3.3",    "dotnet8",    "provided.al2023"};
    for (size_t i = 0; i < countof(al2); i++) {
        CHECK(runtime_glibc(al2[i]) == 26);
        CHECK(runtime_glibc(al2023[i]) == 34);
    }
    CHECK(runtime_glibc("cobol") == 0);
}

/* Lambda takes snapshots of Java 11, Python 3.12, .NET 8 and later. */
static void test_snapshots(void)
{
    static const char *const with[] = {"java11", "java17.al2023", "java25",   "python3.12",
                                       "python", "dotnet8",       "dotnet10", "java"};
    static const char *const without[] = {"java8.al2",  "python3.11", "python3.9",       "dotnet6",
                                          "nodejs24.x", "ruby3.4",    "provided.al2023", "go"};
    for (size_t i = 0; i < countof(with); i++) {
        CHECK(runtime_has_snapshots(named(with[i])));
        CHECK(!runtime_has_snapshots(named(without[i])));
    }
}

static void test_others(void)
{
    CHECK(runtime_of_extension(".py") == named("python"));
    CHECK(runtime_of_extension(".js") == named("node"));
    CHECK(!runtime_of_extension(".rb") && !runtime_of_extension(""));
    CHECK(strcmp(runtime_of_program()->identifier, "provided.al2023") == 0);
}

int main(void)
{
    test_languages();
    test_glibc();
    test_snapshots();
    test_others();
    diag_end();
    return check_result();
}
