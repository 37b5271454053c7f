#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "build/depfile.h"

/* The backslashes before `end` once more. */
static void double_slashes(struct buf *out, const char *name, const char *end)
{
    for (; end > name && end[-1] == '\\'; end--)
        buf_adds(out, "\\");
}

/* GNU Make, "Rule Syntax", and GCC's -MD: backslashes before a space are doubled, also before the
 * one that ends the name. A colon stays as it is: CMake, which reads this for both generators,
 * knows no escape for it. */
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

/* What is left out here: Ninja ends a name at most signs, knows no escape for them and drops a
 * colon at the end of one; Make takes '%' for a pattern, '*', '?' and '[' for many files,
 * parentheses for a member of an archive, '&' and ':' for its own; CMake loses a space at the end,
 * and backslashes. */
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
