#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/runtime.h"
#include "settings/node.h"

/* A retired runtime becomes the one that its language's name stands for. */
static const char *const newest[] = {
    [LANG_PYTHON] = "python", [LANG_NODE] = "node",     [LANG_JAVA] = "java",      [LANG_GO] = "go",
    [LANG_RUBY] = "ruby",     [LANG_DOTNET] = "dotnet", [LANG_OTHER] = "provided",
};

#define PYTHON "python3.13"
#define NODE   "nodejs24.x"
#define JAVA   "java21"
#define RUBY   "ruby4.0"
#define DOTNET "dotnet10"
#define OWN    "provided.al2023"

/* The day on which the dates below were AWS's. What Gordon builds does not depend on the clock. */
#define AS_OF "2026-11-30"

enum { AL2 = 26, AL2023 = 34 }; /* the x of glibc 2.x in Amazon Linux 2 and 2023 */

/* Lambda's runtimes, with AWS's dates: deprecated, no more creations, no more updates (AWS Lambda
 * Developer Guide, "Lambda runtimes" and its deprecation table). Names of languages have no dates;
 * a runtime that is older than Amazon Linux 2 has no glibc here. `ctest -R runtimes` compares. */
static const struct runtime runtimes[] = {
    {"python", PYTHON, LANG_PYTHON},
    {"python3", PYTHON, LANG_PYTHON},
    {"python2", "python2.7", LANG_PYTHON, 0, "2021-07-15", "2021-07-15", "2022-05-30"},
    {"python2.7", "python2.7", LANG_PYTHON, 0, "2021-07-15", "2021-07-15", "2022-05-30"},
    {"python3.6", "python3.6", LANG_PYTHON, 0, "2022-07-18", "2022-07-18", "2022-08-29"},
    {"python3.7", "python3.7", LANG_PYTHON, 0, "2023-12-04", "2024-01-09", "2027-03-03"},
    {"python3.8", "python3.8", LANG_PYTHON, AL2, "2024-10-14", "2027-02-01", "2027-03-03"},
    {"python3.9", "python3.9", LANG_PYTHON, AL2, "2025-12-15", "2027-02-01", "2027-03-03"},
    {"python3.10", "python3.10", LANG_PYTHON, AL2, "2026-10-31", "2027-02-01", "2027-03-03"},
    {"python3.11", "python3.11", LANG_PYTHON, AL2, "2027-06-30", "2027-07-31", "2027-08-31"},
    {"python3.12", "python3.12", LANG_PYTHON, AL2023, "2028-10-31", "2028-11-30", "2029-01-10"},
    {"python3.13", "python3.13", LANG_PYTHON, AL2023, "2029-06-30", "2029-07-31", "2029-08-31"},
    {"python3.14", "python3.14", LANG_PYTHON, AL2023, "2029-06-30", "2029-07-31", "2029-08-31"},
    {"python3.15", "python3.15", LANG_PYTHON, AL2023},
    {"node", NODE, LANG_NODE},
    {"nodejs", NODE, LANG_NODE},
    {"node0.10", "nodejs", LANG_NODE, 0, "2016-08-30", "2016-09-30", "2016-10-31"},
    {"nodejs0.10", "nodejs", LANG_NODE, 0, "2016-08-30", "2016-09-30", "2016-10-31"},
    {"node4.3", "nodejs4.3", LANG_NODE, 0, "2020-03-05", "2020-02-03", "2020-03-05"},
    {"node6.10", "nodejs6.10", LANG_NODE, 0, "2019-08-12", "2019-07-12", "2019-08-12"},
    {"nodejs4.3", "nodejs4.3", LANG_NODE, 0, "2020-03-05", "2020-02-03", "2020-03-05"},
    {"nodejs4.3-edge", "nodejs4.3-edge", LANG_NODE, 0, "2020-03-05", "2019-03-31", "2019-04-30"},
    {"nodejs6.10", "nodejs6.10", LANG_NODE, 0, "2019-08-12", "2019-07-12", "2019-08-12"},
    {"nodejs8.10", "nodejs8.10", LANG_NODE, 0, "2020-03-06", "2020-02-04", "2020-03-06"},
    {"nodejs10.x", "nodejs10.x", LANG_NODE, 0, "2021-07-30", "2021-07-30", "2022-02-14"},
    {"nodejs12.x", "nodejs12.x", LANG_NODE, 0, "2023-03-31", "2023-03-31", "2023-04-30"},
    {"nodejs14.x", "nodejs14.x", LANG_NODE, 0, "2023-12-04", "2024-01-09", "2027-03-03"},
    {"nodejs16.x", "nodejs16.x", LANG_NODE, AL2, "2024-06-12", "2027-02-01", "2027-03-03"},
    {"nodejs18.x", "nodejs18.x", LANG_NODE, AL2, "2025-09-01", "2027-02-01", "2027-03-03"},
    {"nodejs20.x", "nodejs20.x", LANG_NODE, AL2023, "2026-04-30", "2027-02-01", "2027-03-03"},
    {"nodejs22.x", "nodejs22.x", LANG_NODE, AL2023, "2027-04-30", "2027-06-01", "2027-07-01"},
    {"nodejs24.x", "nodejs24.x", LANG_NODE, AL2023, "2028-04-30", "2028-06-01", "2028-07-01"},
    {"nodejs26.x", "nodejs26.x", LANG_NODE, AL2023},
    {"java", JAVA, LANG_JAVA},
    {"java8", "java8", LANG_JAVA, 0, "2024-01-08", "2024-02-08", "2027-03-03"},
    {"java8.al2", "java8.al2", LANG_JAVA, AL2, "2027-06-30", "2027-07-31", "2027-08-31"},
    {"java8.al2023", "java8.al2023", LANG_JAVA, AL2023},
    {"java11", "java11", LANG_JAVA, AL2, "2027-06-30", "2027-07-31", "2027-08-31"},
    {"java11.al2023", "java11.al2023", LANG_JAVA, AL2023},
    {"java17", "java17", LANG_JAVA, AL2, "2027-06-30", "2027-07-31", "2027-08-31"},
    {"java17.al2023", "java17.al2023", LANG_JAVA, AL2023},
    {"java21", "java21", LANG_JAVA, AL2023, "2029-06-30", "2029-07-31", "2029-08-31"},
    {"java25", "java25", LANG_JAVA, AL2023, "2029-06-30", "2029-07-31", "2029-08-31"},
    {"go", OWN, LANG_GO},
    {"go1.x", "go1.x", LANG_GO, 0, "2024-01-08", "2024-02-08", "2027-03-03"},
    {"provided", OWN, LANG_OTHER},
    {"provided.al2", "provided.al2", LANG_OTHER, AL2, "2026-07-31", "2027-02-01", "2027-03-03"},
    {"provided.al2023", "provided.al2023", LANG_OTHER, AL2023, "2029-06-30", "2029-07-31",
     "2029-08-31"},
    {"ruby", RUBY, LANG_RUBY},
    {"ruby2.5", "ruby2.5", LANG_RUBY, 0, "2021-07-30", "2021-07-30", "2022-03-31"},
    {"ruby2.7", "ruby2.7", LANG_RUBY, 0, "2023-12-07", "2024-01-09", "2027-03-03"},
    {"ruby3.2", "ruby3.2", LANG_RUBY, AL2, "2026-03-31", "2027-02-01", "2027-03-03"},
    {"ruby3.3", "ruby3.3", LANG_RUBY, AL2023, "2027-03-31", "2027-04-30", "2027-05-31"},
    {"ruby3.4", "ruby3.4", LANG_RUBY, AL2023, "2028-03-31", "2028-04-30", "2028-05-31"},
    {"ruby4.0", "ruby4.0", LANG_RUBY, AL2023, "2029-03-31", "2029-04-30", "2029-05-31"},
    {"dotnet", DOTNET, LANG_DOTNET},
    {"dotnetcore1.0", "dotnetcore1.0", LANG_DOTNET, 0, "2019-06-27", "2019-06-30", "2019-07-30"},
    {"dotnetcore2.0", "dotnetcore2.0", LANG_DOTNET, 0, "2019-05-30", "2019-04-30", "2019-05-30"},
    {"dotnetcore2.1", "dotnetcore2.1", LANG_DOTNET, 0, "2022-01-05", "2022-01-05", "2022-04-13"},
    {"dotnetcore3.1", "dotnetcore3.1", LANG_DOTNET, 0, "2023-04-03", "2023-04-03", "2023-05-03"},
    {"dotnet6", "dotnet6", LANG_DOTNET, AL2, "2024-12-20", "2027-02-01", "2027-03-03"},
    {"dotnet8", "dotnet8", LANG_DOTNET, AL2023, "2026-11-10", "2027-02-01", "2027-03-03"},
    {"dotnet10", "dotnet10", LANG_DOTNET, AL2023, "2028-11-14", "2028-12-14", "2029-01-15"},
};

static const struct runtime *find(const char *name)
{
    for (size_t i = 0; i < countof(runtimes); i++)
        if (strcmp(runtimes[i].name, name) == 0)
            return &runtimes[i];
    return NULL;
}

static bool is_past(const char *date)
{
    return date && strcmp(date, AS_OF) <= 0;
}

static bool is_retired(const struct runtime *runtime)
{
    return is_past(runtime->no_creations);
}

static void unlike_any(const struct node *node)
{
    struct buf names = {0};
    for (size_t i = 0; i < countof(newest); i++)
        buf_printf(&names, "%s%s (%s)", i ? ", " : "", newest[i], find(newest[i])->identifier);
    diag_error(EXIT_VALUE, node->pos,
               "there is no runtime '%s'; there are %s, and AWS's other versions of each",
               node->text, names.data);
    buf_free(&names);
}

static void unknown(const struct node *node)
{
    const char *names[countof(runtimes)];
    size_t n = 0;
    for (size_t i = 0; i < countof(runtimes); i++)
        if (!is_retired(&runtimes[i]))
            names[n++] = runtimes[i].name;
    char *lower = memory_text(node->text, strlen(node->text)); /* AWS's names have small letters */
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    const char *near = str_nearest(lower, names, n);
    free(lower);
    if (near)
        diag_error(EXIT_VALUE, node->pos, "there is no runtime '%s'; did you mean '%s'?",
                   node->text, near);
    else
        unlike_any(node);
}

/* A runtime that AWS retires, or will: says when, and what to use. Returns the one to build for. */
static const struct runtime *ageing(const struct node *node, const struct runtime *runtime)
{
    const struct runtime *next = find(newest[runtime->language]);
    if (is_retired(runtime))
        diag_warning(node->pos,
                     "AWS has created no functions of the runtime '%s' since %s; this builds for "
                     "its successor %s",
                     node->text, runtime->no_creations, next->identifier);
    else if (is_past(runtime->deprecated))
        diag_warning(node->pos,
                     "AWS creates no functions of the runtime '%s' from %s, and updates none from "
                     "%s; its successor is %s",
                     node->text, runtime->no_creations, runtime->no_updates, next->identifier);
    return is_retired(runtime) ? next : runtime;
}

const struct runtime *runtime_read(const struct node *node)
{
    const struct runtime *runtime = find(node->text);
    if (runtime)
        return ageing(node, runtime);
    unknown(node);
    return NULL;
}

bool runtime_has_snapshots(const struct runtime *runtime)
{
    static const struct {
        const char *prefix;
        long first;
    } families[] = {{"java", 11}, {"python3.", 12}, {"dotnet", 8}};
    for (size_t i = 0; i < countof(families); i++)
        if (str_starts(runtime->identifier, families[i].prefix))
            return strtol(runtime->identifier + strlen(families[i].prefix), NULL, 10) >=
                   families[i].first;
    return false;
}

int runtime_glibc(const char *identifier)
{
    const struct runtime *runtime = find(identifier);
    return runtime ? runtime->glibc : 0;
}

/* The table has the names of languages first, and then the versions in their order. */
bool runtime_is_older(const struct runtime *a, const struct runtime *b)
{
    return find(a->identifier) < find(b->identifier);
}

const struct runtime *runtime_of_extension(const char *extension)
{
    if (strcmp(extension, ".py") == 0)
        return find("python");
    return strcmp(extension, ".js") == 0 ? find("node") : NULL;
}

const struct runtime *runtime_of_program(void)
{
    return find(OWN);
}
