#include <string.h>

#include "depfile.h"
#include "file.h"
#include "util.h"

/* GNU Make, "Rule Syntax", and GCC's -MD: a backslash before a space doubles those before it. */
static void add_name(struct buf *out, const char *name)
{
    for (const char *c = name; *c; c++) {
        if (*c == ' ' || *c == '\t') {
            for (const char *slash = c; slash > name && slash[-1] == '\\'; slash--)
                buf_adds(out, "\\");
            buf_adds(out, "\\");
        } else if (*c == '#') {
            buf_adds(out, "\\");
        } else if (*c == '$') {
            buf_adds(out, "$");
        }
        buf_add(out, c, 1);
    }
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
