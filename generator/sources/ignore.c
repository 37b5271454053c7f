#include <string.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"
#include "sources/ignore.h"

/* One pattern, split at its slashes. */
struct rule {
    const char **parts;
    size_t count;
    bool negated, dir_only;
    bool anchored; /* to the code folder; else its only part matches base names */
};

struct ignore {
    struct rule *fixed, *own;
    size_t nfixed, nown;
};

/* Files that nobody wants to deploy: git's folder, .gordonignore, Python's bytecode (which contains
 * times), and what the Finder, Emacs, Vim and IDEs leave behind. A line of .gordonignore cannot
 * include them again, because the zip would differ from one build to the next. */
static const char *const fixed_patterns[] = {
    ".git",   ".gordonignore", "__pycache__", "*.pyc", ".DS_Store", "*~",
    ".*.sw?", "\\#*#",         ".#*",         ".idea", ".vscode",
};

/* The POSIX classes for ASCII, which git uses in every locale. False for an unknown name. */
static bool match_named(const char *name, size_t len, unsigned char c, bool *in)
{
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z', digit = c >= '0' && c <= '9';
    bool alpha = lower || upper, graph = c > ' ' && c < 0x7F;
    const struct {
        const char *name;
        bool in;
    } classes[] = {
        {"alnum", alpha || digit},
        {"alpha", alpha},
        {"blank", c == ' ' || c == '\t'},
        {"cntrl", c < ' ' || c == 0x7F},
        {"digit", digit},
        {"graph", graph},
        {"lower", lower},
        {"print", graph || c == ' '},
        {"punct", graph && !alpha && !digit},
        {"space", c == ' ' || (c >= '\t' && c <= '\r')},
        {"upper", upper},
        {"xdigit", digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')},
    };
    for (size_t i = 0; i < countof(classes); i++)
        if (strlen(classes[i].name) == len && memcmp(classes[i].name, name, len) == 0) {
            *in = classes[i].in;
            return true;
        }
    return false;
}

/* The length of "[:name:]" at `p`, or 0. */
static size_t named_class(const char *p)
{
    if (p[0] != '[' || p[1] != ':')
        return 0;
    size_t len = strcspn(p + 2, "]");
    return len && p[2 + len] == ']' && p[1 + len] == ':' ? len + 3 : 0;
}

/* Reads one character of a class, after its backslash if there is one. Returns the text after it,
 * or NULL at the end of the pattern. */
static const char *class_char(const char *p, unsigned char *c)
{
    p += *p == '\\';
    *c = (unsigned char)*p;
    return *p ? p + 1 : NULL;
}

/* Matches `c` by a class "[...]"; `p` points behind its '['. Returns the text after its ']', or
 * NULL for a broken class, which matches nothing. A ']' in the first place is a member, and so is a
 * '-' in the first or last place. */
static const char *match_class(const char *p, unsigned char c, bool *matched)
{
    bool negated = *p == '!' || *p == '^', found = false;
    p += negated;
    for (bool first = true; p && (first || *p != ']'); first = false) {
        size_t named = named_class(p);
        unsigned char low, high;
        if (named) {
            bool in;
            if (!match_named(p + 2, named - 4, c, &in))
                return NULL;
            found = found || in;
            p += named;
            continue;
        }
        p = class_char(p, &low);
        high = low;
        if (p && p[0] == '-' && p[1] && p[1] != ']')
            p = class_char(p + 1, &high);
        found = found || c == low || (c >= low && c <= high); /* git: [z-a] matches z */
    }
    *matched = found != negated && c != '/';
    return p ? p + 1 : NULL;
}

/* Matches one character by the pattern at `p`, which is not '*'. Returns the rest of the pattern,
 * or NULL. */
static const char *match_one(const char *p, char c)
{
    bool matched;
    if (*p == '?')
        return p + 1;
    if (*p == '[') {
        p = match_class(p + 1, (unsigned char)c, &matched);
        return p && matched ? p : NULL;
    }
    p += *p == '\\';
    return *p && *p == c ? p + 1 : NULL;
}

/* Matches bytes, as git does: a '?' matches one byte of a UTF-8 character. A '*' first matches
 * nothing, and one byte more each time the rest fails. Only the last '*' can ever need more, so the
 * time is at most proportional to the product of both lengths. */
static bool match_part(const char *p, const char *text, size_t len)
{
    const char *star = NULL, *end = text + len, *taken = NULL;
    while (text < end || *p == '*') {
        if (*p == '*') {
            star = ++p;
            taken = text;
            continue;
        }
        const char *rest = *p ? match_one(p, *text) : NULL;
        if (rest) {
            p = rest;
            text++;
        } else if (star && taken < end) {
            p = star;
            text = ++taken;
        } else {
            return false;
        }
    }
    return *p == '\0';
}

static bool is_any_folders(const char *part)
{
    return part[0] == '*' && part[1] == '*' && part[strspn(part, "*")] == '\0';
}

/* Works as match_part does, with parts of the path instead of bytes and "**" instead of '*'. */
static bool match_parts(const char *const *parts, size_t count, const char *path)
{
    size_t i = 0, star = 0; /* star: the part after the last "**", 0 for none */
    const char *taken = NULL;
    for (;;) {
        if (i < count && is_any_folders(parts[i])) {
            star = ++i;
            taken = path;
            continue;
        }
        if (!path)
            return i == count;
        size_t len = strcspn(path, "/");
        if (i < count && match_part(parts[i], path, len)) {
            i++;
            path = path[len] ? path + len + 1 : NULL;
        } else if (star && taken) {
            len = strcspn(taken, "/");
            path = taken = taken[len] ? taken + len + 1 : NULL;
            i = star;
        } else {
            return false;
        }
    }
}

static bool rule_matches(const struct rule *rule, const char *path, bool is_dir)
{
    if (rule->dir_only && !is_dir)
        return false;
    if (rule->anchored)
        return match_parts(rule->parts, rule->count, path);
    const char *base = path_base(path);
    return match_part(rule->parts[0], base, strlen(base));
}

/* The length of the part at `p`, which ends at a slash outside of a class. A backslash before that
 * slash means nothing and is not counted. */
static size_t part_length(const char *p)
{
    const char *c = p;
    bool matched;
    while (*c && *c != '/') {
        if (c[0] == '\\' && c[1] == '/')
            break;
        const char *behind = *c == '[' ? match_class(c + 1, 0, &matched) : NULL;
        c = behind ? behind : c + 1 + (*c == '\\' && c[1]);
    }
    return (size_t)(c - p);
}

static void cut_parts(struct arena *arena, struct rule *rule, const char *pattern)
{
    for (const char *p = pattern;;) {
        size_t len = part_length(p);
        array_push(arena, rule->parts, rule->count, arena_strndup(arena, p, len));
        bool escaped = p[len] == '\\';
        p += len + escaped;
        if (*p != '/')
            break;
        if (escaped && is_any_folders(rule->parts[rule->count - 1])) /* git: at least one */
            array_push(arena, rule->parts, rule->count, "*");
        p++;
    }
    if (rule->anchored && is_any_folders(rule->parts[rule->count - 1])) /* all inside, not itself */
        array_push(arena, rule->parts, rule->count, "*");
}

/* Follows gitignore(5), "PATTERN FORMAT". Removes a '!' in front, then a '/' at the end, which
 * limits the rule to folders. Any other slash anchors the pattern, even one inside of a class. */
static struct rule make_rule(struct arena *arena, char *pattern)
{
    struct rule rule = {.negated = *pattern == '!'};
    pattern += rule.negated;
    size_t len = strlen(pattern);
    rule.dir_only = len && pattern[len - 1] == '/';
    if (rule.dir_only)
        pattern[len - 1] = '\0';
    rule.anchored = strchr(pattern, '/');
    cut_parts(arena, &rule, pattern + (*pattern == '/'));
    return rule;
}

/* Removes trailing spaces, but not one after a backslash. */
static void trim(char *line)
{
    char *end = line;
    for (char *c = line; *c; c++) {
        if (*c == '\\' && c[1])
            c++;
        else if (*c == ' ')
            continue;
        end = c + 1;
    }
    *end = '\0';
}

static void parse(struct arena *arena, struct ignore *ignore, char *text)
{
    if (str_starts(text, "\xEF\xBB\xBF")) /* a byte order mark */
        text += 3;
    for (char *line = text, *next; *line; line = next) {
        size_t len = strcspn(line, "\n");
        next = line + len + (line[len] != '\0');
        line[len] = '\0';
        if (len && line[len - 1] == '\r')
            line[len - 1] = '\0';
        if (*line == '#')
            continue;
        trim(line);
        if (*line)
            array_push(arena, ignore->own, ignore->nown, make_rule(arena, line));
    }
}

struct ignore *ignore_load(struct arena *arena, const char *dir, const char *root,
                           const char **file)
{
    const struct root within = {root, EXIT_BUILD};
    struct ignore *ignore = arena_alloc(arena, sizeof *ignore);
    for (size_t i = 0; i < countof(fixed_patterns); i++)
        array_push(arena, ignore->fixed, ignore->nfixed,
                   make_rule(arena, arena_strdup(arena, fixed_patterns[i])));
    const char *path = path_join(arena, dir, ".gordonignore");
    size_t len;
    char *text;
    if (!root_read(arena, &within, path, &text, &len))
        return NULL;
    if (text)
        parse(arena, ignore, text);
    *file = text ? path : NULL;
    return ignore;
}

/* The last rule of .gordonignore that matches, which decides; or NULL. */
static const struct rule *last_rule(const struct ignore *ignore, const char *path, bool is_dir)
{
    for (size_t i = ignore->nown; i-- > 0;)
        if (rule_matches(&ignore->own[i], path, is_dir))
            return &ignore->own[i];
    return NULL;
}

bool ignore_match(const struct ignore *ignore, const char *path, bool is_dir)
{
    for (size_t i = 0; i < ignore->nfixed; i++)
        if (rule_matches(&ignore->fixed[i], path, is_dir))
            return true;
    const struct rule *rule = last_rule(ignore, path, is_dir);
    return rule && !rule->negated;
}

bool ignore_asks_for(const struct ignore *ignore, const char *path, bool is_dir)
{
    const struct rule *rule = last_rule(ignore, path, is_dir);
    return rule && rule->negated;
}
