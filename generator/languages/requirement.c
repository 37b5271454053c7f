#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "languages/requirement.h"

static const char name_characters[] = STR_ALNUM "._-";

/* Schemes of URLs. pip takes each kind of version control with its own. */
static const char *const schemes[] = {"http:", "https:", "ftp:", "git+", "hg+", "svn+", "bzr+"};

static const char *const archives[] = {".whl", ".zip",     ".tar.gz", ".tgz",
                                       ".tar", ".tar.bz2", ".tbz",    ".tar.xz",
                                       ".txz", ".tlz",     ".tar.lz", ".tar.lzma"};

static bool is_url(const char *text)
{
    for (size_t i = 0; i < countof(schemes); i++)
        if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static char *trimmed(struct arena *arena, const char *text, size_t len)
{
    while (len && isspace((unsigned char)*text))
        text++, len--;
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    return arena_strndup(arena, text, len);
}

unsigned long requirement_name_length(const char *text)
{
    size_t len = strspn(text, name_characters);
    return isalnum((unsigned char)*text) ? len : 0;
}

bool requirement_is_archive(const char *path)
{
    for (size_t i = 0; i < countof(archives); i++)
        if (str_ends(path, archives[i]))
            return true;
    return false;
}

bool requirement_is_wheel(const char *what)
{
    size_t len = strcspn(what, "?#");
    return len > 4 && strncasecmp(what + len - 4, ".whl", 4) == 0;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, tolower((unsigned char)c));
    return c && at ? (int)(at - digits) : -1;
}

/* The path of a file: URL, or `text` itself. The relative form, file:../x, is pip's own. */
static const char *path_of(struct arena *arena, const char *text)
{
    if (strncasecmp(text, "file:", 5) != 0)
        return text;
    text += 5;
    if (str_starts(text, "//"))
        text += 2;
    if (str_starts(text, "localhost/"))
        text += strlen("localhost");
    char *path = arena_strndup(arena, text, strcspn(text, "#?")), *out = path;
    for (const char *in = path; *in; in++) {
        if (*in == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
            *out++ = (char)(hex(in[1]) * 16 + hex(in[2]));
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return path;
}

/* Splits "[a,b]" off the end of a path or a name. */
static const char *take_extras(struct arena *arena, char *text)
{
    size_t len = strlen(text);
    char *bracket = len > 2 && text[len - 1] == ']' ? strrchr(text, '[') : NULL;
    if (!bracket || bracket == text)
        return "";
    const char *extras = arena_strdup(arena, bracket);
    while (bracket > text && isspace((unsigned char)bracket[-1]))
        bracket--;
    *bracket = '\0';
    return extras;
}

/* Splits the marker off. In a URL, ';' is a marker only with white space beside it. */
static char *take_marker(struct arena *arena, const char *text, bool url, const char **marker)
{
    const char *at = strchr(text, ';');
    while (url && at && !(at > text && isspace((unsigned char)at[-1])) &&
           !isspace((unsigned char)at[1]))
        at = strchr(at + 1, ';');
    *marker = at ? trimmed(arena, at + 1, strlen(at + 1)) : "";
    return trimmed(arena, text, at ? (size_t)(at - text) : strlen(text));
}

/* The '@' of `name [extras] @ URL` (PEP 508), or NULL. */
static const char *find_at(const char *text)
{
    const char *p = text + requirement_name_length(text);
    if (p == text)
        return NULL;
    p += strspn(p, " \t");
    if (*p == '[')
        p += strcspn(p, "]") + (strchr(p, ']') != NULL);
    p += strspn(p, " \t");
    return *p == '@' ? p : NULL;
}

static bool looks_like_path(const char *text)
{
    return strchr(text, '/') || *text == '.' || strncasecmp(text, "file:", 5) == 0;
}

static bool parse_place(struct arena *arena, const char *text, const char *plain, bool editable,
                        struct requirement *r)
{
    bool named = r->name != NULL;
    char *place = take_marker(arena, text, true, &r->marker);
    if (!is_url(place)) { /* ';' ends a path */
        place = take_marker(arena, text, false, &r->marker);
        if (!named)
            r->extras = take_extras(arena, place);
        r->kind = REQUIREMENT_PATH;
        r->what = path_of(arena, place);
        return *r->what &&
               (editable || named || looks_like_path(place) || requirement_is_archive(place));
    }
    r->kind = REQUIREMENT_URL;
    r->what = take_marker(arena, plain, true, &r->marker);
    return true;
}

static bool parse_named(struct arena *arena, const char *plain, struct requirement *r)
{
    char *text = take_marker(arena, plain, false, &r->marker);
    size_t len = requirement_name_length(text);
    const char *rest = text + len + strspn(text + len, " \t");
    r->kind = REQUIREMENT_NAMED;
    r->name = arena_strndup(arena, text, len);
    if (*rest == '[') {
        size_t size = strcspn(rest, "]");
        if (!rest[size])
            return false;
        r->extras = arena_strndup(arena, rest, size + 1);
        rest += size + 1;
        rest += strspn(rest, " \t");
    }
    r->what = rest;
    return len && (!*rest || strchr("=<>!~(", *rest));
}

bool requirement_parse(struct arena *arena, const char *text, const char *plain, bool editable,
                       struct requirement *r)
{
    const char *at = find_at(text), *plain_at = find_at(plain);
    r->name = NULL;
    r->extras = r->marker = "";
    r->what = "";
    if (at && plain_at && !is_url(text)) {
        char *name = trimmed(arena, plain, (size_t)(plain_at - plain));
        r->extras = take_extras(arena, name);
        r->name = name;
        return parse_place(arena, trimmed(arena, at + 1, strlen(at + 1)),
                           trimmed(arena, plain_at + 1, strlen(plain_at + 1)), editable, r);
    }
    if (editable || is_url(text))
        return parse_place(arena, text, plain, editable, r);
    const char *marker;
    char *place = take_marker(arena, text, false, &marker);
    take_extras(arena, place);
    if (looks_like_path(place) || requirement_is_archive(place))
        return parse_place(arena, text, plain, editable, r);
    return parse_named(arena, plain, r);
}

/* Whether a URL of version control ends with @ and a commit. */
static bool has_commit(const char *url)
{
    const char *end = url + strcspn(url, "#"), *at = end;
    while (at > url && at[-1] != '@' && at[-1] != '/')
        at--;
    size_t len = (size_t)(end - at);
    return at > url && at[-1] == '@' && len >= 7 && strspn(at, "0123456789abcdefABCDEF") >= len;
}

bool requirement_is_pinned(const struct requirement *r)
{
    if (r->kind == REQUIREMENT_PATH || strstr(r->options, "--hash"))
        return true;
    if (r->kind == REQUIREMENT_NAMED) {
        const char *exact = strstr(r->what, "==");
        return exact && !strchr(exact, '*');
    }
    const char *fragment = strchr(r->what, '#');
    if (fragment &&
        (strstr(fragment, "sha256=") || strstr(fragment, "sha384=") ||
         strstr(fragment, "sha512=") || strstr(fragment, "sha1=") || strstr(fragment, "md5=")))
        return true;
    return strchr(r->what, '+') && has_commit(r->what);
}

static const char *finish_line(struct arena *arena, const char *place, const struct requirement *r,
                               const char *options)
{
    return arena_printf(arena, "%s%s%s%s%s", place, *r->marker ? " ; " : "", r->marker,
                        *options ? " " : "", options);
}

const char *requirement_line(struct arena *arena, const struct requirement *r)
{
    const char *place = r->what;
    if (r->kind == REQUIREMENT_NAMED)
        place = arena_printf(arena, "%s%s%s", r->name, r->extras, r->what);
    else if (r->name)
        place = arena_printf(arena, "%s%s @ %s", r->name, r->extras, r->what);
    return finish_line(arena, place, r, r->options);
}

const char *requirement_line_of_file(struct arena *arena, const struct requirement *r,
                                     const char *name, const char *path, const char *options)
{
    struct buf url = {0};
    for (; *path; path++)
        if (isalnum((unsigned char)*path) || strchr("/._-", *path))
            buf_add(&url, path, 1);
        else
            buf_printf(&url, "%%%02X", (unsigned)(unsigned char)*path);
    const char *place =
        arena_printf(arena, "%s%s @ file://%s", name, r->extras, url.data ? url.data : "");
    buf_free(&url);
    return finish_line(arena, place, r, options);
}

const char *requirement_name(struct arena *arena, const char *name)
{
    char *out = arena_strdup(arena, name), *to = out;
    for (const char *from = name; *from; from++) {
        bool dash = strchr("-_.", *from) != NULL;
        if (!dash || to == out || to[-1] != '-')
            *to++ = dash ? '-' : (char)tolower((unsigned char)*from);
    }
    *to = '\0';
    return out;
}
