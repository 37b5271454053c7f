#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "resources/runtime.h"
#include "settings/node.h"

#define PYTHON "python3.13"
#define NODE   "nodejs22.x"
#define JAVA   "java21"
#define RUBY   "ruby3.4"
#define DOTNET "dotnet10"
#define OWN    "provided.al2023"

/* Lambda runtimes (AWS Lambda Developer Guide, "Lambda runtimes" and its deprecation table). */
static const struct runtime runtimes[] = {
    {"python", PYTHON, LANG_PYTHON},
    {"python3", PYTHON, LANG_PYTHON},
    {"python3.11", "python3.11", LANG_PYTHON},
    {"python3.12", "python3.12", LANG_PYTHON},
    {"python3.13", "python3.13", LANG_PYTHON},
    {"python3.14", "python3.14", LANG_PYTHON},
    {"python2", PYTHON, LANG_PYTHON, .retired = true},
    {"python2.7", PYTHON, LANG_PYTHON, .retired = true},
    {"python3.6", PYTHON, LANG_PYTHON, .retired = true},
    {"python3.7", PYTHON, LANG_PYTHON, .retired = true},
    {"python3.8", PYTHON, LANG_PYTHON, .retired = true},
    {"python3.9", PYTHON, LANG_PYTHON, .retired = true},
    {"python3.10", PYTHON, LANG_PYTHON, .retired = true},
    {"node", NODE, LANG_NODE},
    {"nodejs", NODE, LANG_NODE},
    {"nodejs22.x", "nodejs22.x", LANG_NODE},
    {"nodejs24.x", "nodejs24.x", LANG_NODE},
    {"node0.10", NODE, LANG_NODE, .retired = true},
    {"nodejs0.10", NODE, LANG_NODE, .retired = true},
    {"node4.3", NODE, LANG_NODE, .retired = true},
    {"node6.10", NODE, LANG_NODE, .retired = true},
    {"nodejs4.3-edge", NODE, LANG_NODE, .retired = true},
    {"nodejs4.3", NODE, LANG_NODE, .retired = true},
    {"nodejs6.10", NODE, LANG_NODE, .retired = true},
    {"nodejs8.10", NODE, LANG_NODE, .retired = true},
    {"nodejs10.x", NODE, LANG_NODE, .retired = true},
    {"nodejs12.x", NODE, LANG_NODE, .retired = true},
    {"nodejs14.x", NODE, LANG_NODE, .retired = true},
    {"nodejs16.x", NODE, LANG_NODE, .retired = true},
    {"nodejs18.x", NODE, LANG_NODE, .retired = true},
    {"nodejs20.x", NODE, LANG_NODE, .retired = true},
    {"java", JAVA, LANG_JAVA},
    {"java8.al2", "java8.al2", LANG_JAVA},
    {"java11", "java11", LANG_JAVA},
    {"java17", "java17", LANG_JAVA},
    {"java21", "java21", LANG_JAVA},
    {"java25", "java25", LANG_JAVA},
    {"java8", JAVA, LANG_JAVA, .retired = true},
    {"go", OWN, LANG_GO},
    {"go1.x", OWN, LANG_GO, .retired = true},
    {"provided", OWN, LANG_OTHER},
    {"provided.al2", OWN, LANG_OTHER, .retired = true},
    {"provided.al2023", OWN, LANG_OTHER},
    {"ruby", RUBY, LANG_RUBY},
    {"ruby3.3", "ruby3.3", LANG_RUBY},
    {"ruby3.4", "ruby3.4", LANG_RUBY},
    {"ruby4.0", "ruby4.0", LANG_RUBY},
    {"ruby2.5", RUBY, LANG_RUBY, .retired = true},
    {"ruby2.7", RUBY, LANG_RUBY, .retired = true},
    {"ruby3.2", RUBY, LANG_RUBY, .retired = true},
    {"dotnet", DOTNET, LANG_DOTNET},
    {"dotnet10", "dotnet10", LANG_DOTNET},
    {"dotnetcore1.0", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnetcore2.0", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnetcore2.1", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnetcore3.1", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnet6", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnet5.0", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnet8", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnet9", DOTNET, LANG_DOTNET, .retired = true},
    {"dotnet7", DOTNET, LANG_DOTNET, .retired = true},
};

static const struct runtime *find(const char *name)
{
    for (size_t i = 0; i < countof(runtimes); i++)
        if (strcmp(runtimes[i].name, name) == 0)
            return &runtimes[i];
    return NULL;
}

static void unknown(const struct node *node)
{
    const char *names[countof(runtimes)];
    size_t n = 0;
    for (size_t i = 0; i < countof(runtimes); i++)
        if (!runtimes[i].retired)
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
        diag_error(EXIT_VALUE, node->pos,
                   "there is no runtime '%s'; there are python, node, java, go, ruby, dotnet and "
                   "provided, and the versions that AWS offers of each",
                   node->text);
}

const struct runtime *runtime_read(const struct node *node)
{
    const struct runtime *runtime = find(node->text);
    if (!runtime)
        unknown(node);
    else if (runtime->retired)
        diag_warning(node->pos,
                     "AWS has retired the runtime '%s'; this builds for its successor %s",
                     node->text, runtime->current);
    return runtime;
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
