#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "sources/depfile.h"

/* Adds the backslashes that stand directly before `end` a second time. */
static void double_slashes(struct buf *out, const char *name, const char *end)
{
    for (; end > name && end[-1] == '\\'; end--)
        buf_adds(out, "\\");
}

/* Escapes as in GNU Make, "Rule Syntax", and GCC's -MD: doubles backslashes before a space, and at
 * the end of the name, where a space follows. Leaves a colon as it is because CMake, which reads
 * this file for both generators, has no escape for it. */
static void add_name(struct buf *out, const char *name)
{
    const char *c = name;
    for (; *c; c++) {
        if (*c == ' ' || *c == '\t') {
            double_slashes(out, name, c);
            buf_adds(out, "\\");
        } else if (*c == '#') {
            buf_adds(out, "\\");
        } else if (*c == '$') {
            buf_adds(out, "$");
        }
        buf_add(out, c, 1);
    }
    double_slashes(out, name, c);
}

/* Why characters are unsafe: Ninja ends a name at most of them, has no escape for them and drops a
 * colon at the end of a name. Make reads '%' as a pattern, '*', '?' and '[' as wildcards,
 * parentheses as a member of an archive, '&' and ':' as its own syntax. CMake loses backslashes and
 * a space at the end. */
bool depfile_can_name(const char *name)
{
    static const char unsafe[] = "\"%&'()*:;<>?[\\]^`|\x7f";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < ' ' || strchr(unsafe, *c))
            return false;
    return !str_ends(name, " ");
}

bool depfile_write(const char *path, const char *output, const char *const *inputs, size_t n)
{
    struct buf out = {0};
    add_name(&out, output);
    buf_adds(&out, ":");
    for (size_t i = 0; i < n; i++) {
        if (strpbrk(inputs[i], "\r\n"))
            continue;
        buf_adds(&out, " \\\n  ");
        add_name(&out, inputs[i]);
    }
    buf_adds(&out, "\n");
    bool ok = file_write(path, out.data, out.len, 0644);
    buf_free(&out);
    return ok;
}
